// The page in a real browser. Whatever the browser complains about is kept.
import { chromium as playwright } from 'playwright-core';
import { chromium } from './environment.js';
import { shared } from './shared-service.js';

const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const LIMIT = 30_000;

/** The browser of all tests of this process. */
export const sharedBrowser = () => shared('browser', () => launch(), (browser) => browser.close());

export const launch = (...more) => playwright.launch({ executablePath: chromium, args: [...ARGUMENTS, ...more] });

/** Runs in the page before its libraries, which keep the WebSocket that they find. */
function refuseSocketsWhenTold() {
  globalThis.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      // Before it is open: it fails as one that reaches nobody does.
      if (globalThis.socketsAreBlocked) this.close();
    }
  };
}

/** One person's browser: its tabs share what the page remembers. */
export class Person {
  /** Errors and warnings of the console, exceptions, and violations of the content security policy. */
  complaints = [];

  static async enter(browser, service, options = {}) {
    const person = new Person();
    person.service = service;
    person.context = await browser.newContext(options);
    person.context.setDefaultTimeout(LIMIT);
    return person;
  }

  /** A new tab on the page, once it is online. */
  async open(address = this.service.url) {
    const page = await this.context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (failure) => this.complaints.push(String(failure)));
    await page.addInitScript(refuseSocketsWhenTold);
    await page.goto(address);
    const tab = new Tab(page);
    await tab.connection('online');
    return tab;
  }

  leave() {
    return this.context.close();
  }
}

/** One tab, as its user sees it. */
export class Tab {
  constructor(page) {
    this.page = page;
  }

  connection(state) {
    return this.page.locator(`html[data-connection=${state}]`).waitFor();
  }

  state(state) {
    return this.page.locator(`html[data-state=${state}]`).waitFor();
  }

  name() {
    return this.page.locator('#name').innerText();
  }

  notice(text) {
    return this.page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  /** From now on this tab's connections fail, or come about again. The browser complains about each in the console. */
  async blockConnections(blocked) {
    await this.page.evaluate((areBlocked) => { globalThis.socketsAreBlocked = areBlocked; }, blocked);
    for (const path of ['**/hubs/**', '**/socket.io/?*']) {
      if (blocked) await this.page.route(path, (route) => route.abort());
      else await this.page.unroute(path);
    }
  }

  press(button) {
    return this.page.getByRole('button', { name: button, exact: true }).click();
  }

  choose(way) {
    return this.page.getByRole('radio', { name: way }).check();
  }

  /** Fills in the form of that name and sends it. */
  async submit(formName, fields) {
    const form = this.page.getByRole('form', { name: formName, exact: true });
    for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value);
    await form.getByRole('button').click();
  }

  async register({ username, email, password }) {
    await this.choose('Register');
    await this.submit('Register', { Username: username, 'E-mail': email, Password: password });
    await this.state('user');
  }

  /** The text of the error at a field, once there is one. */
  async errorAt(field) {
    const error = this.page.locator(`#${field}-error`);
    await error.filter({ hasText: /./ }).waitFor();
    return error.innerText();
  }

  focused() {
    return this.page.evaluate(() => document.activeElement.id);
  }

  /** The names in the event log, as "→ sent" and "← received". */
  events() {
    return this.page.locator('#log li:not(.note):not(.bookkeeping)').evaluateAll((entries) => entries.map((entry) =>
      `${entry.classList.contains('sent') ? '→' : '←'} ${entry.querySelector('.event').textContent}`));
  }

  token() {
    return this.page.evaluate(() => localStorage.getItem('gatehouse.token'));
  }
}
