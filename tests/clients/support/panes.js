// The room and the device on the page, as people with windows side by side use them.
import assert from 'node:assert/strict';
import { Person } from './browser.js';
import { account } from './session-client.js';
import { eventually } from './waiting.js';

/** Windows of people who have nothing in common. */
export class Windows {
  #people = [];

  constructor(browser, service) {
    Object.assign(this, { browser, service });
  }

  /** A new person's window, on a transport. */
  async open(transport = 'SignalR', options = {}) {
    const person = await Person.enter(this.browser, this.service, options);
    this.#people.push(person);
    const tab = await person.open();
    await tab.choose(transport);
    await tab.page.locator('#log .note').filter({ hasText: `connected by ${transport}` }).waitFor();
    await tab.connection('online');
    return Object.assign(tab, { person, room: new RoomPane(tab), device: new DevicePane(tab) });
  }

  /** The window of somebody who has just registered. */
  async ofUser(transport, { username, ...options } = {}) {
    const tab = await this.open(transport, options);
    const someone = { ...account(), ...(username && { username }) };
    this.service.secrets.add(someone.password);
    await tab.register(someone);
    return Object.assign(tab, { username: someone.username });
  }

  hadNoComplaints() {
    assert.deepEqual(this.#people.flatMap(({ complaints }) => complaints), []);
  }

  async close() {
    for (const person of this.#people) await person.leave();
  }
}

export class RoomPane {
  constructor(tab) {
    this.page = tab.page;
    this.pane = this.page.locator('.room');
  }

  async enter(name) {
    await this.pane.getByLabel('Name of the room').fill(name);
    await this.pane.getByRole('button', { name: 'Enter' }).click();
    await this.inside(name);
  }

  /** Once everything that was said before has been read. */
  async inside(name) {
    await this.pane.getByRole('heading', { name, exact: true, level: 2 }).waitFor();
    await this.pane.getByRole('list', { name: 'Who is here' }).getByRole('listitem').first().waitFor();
  }

  leave() {
    return this.pane.getByRole('button', { name: 'Leave' }).click();
  }

  async say(...texts) {
    for (const text of texts) {
      await this.pane.getByLabel('Message', { exact: true }).fill(text);
      await this.pane.getByLabel('Message', { exact: true }).press('Enter');
    }
  }

  type(text) {
    return this.pane.getByLabel('Message', { exact: true }).pressSequentially(text);
  }

  /** What is shown, oldest first; what is still on its way has an ellipsis. */
  messages() {
    return this.pane.locator('#messages li').evaluateAll((entries) => entries.map((entry) =>
      entry.querySelector('.content').textContent + (entry.classList.contains('pending') ? '…' : '')));
  }

  /** Waits until exactly these are shown, in this order. */
  async shows(expected) {
    let shown;
    await eventually('showing the messages', async () => {
      shown = await this.messages();
      return JSON.stringify(shown) === JSON.stringify(expected);
    }, { describe: () => `Shown: ${JSON.stringify(shown)}, not ${JSON.stringify(expected)}` });
  }

  /** Waits until exactly these are here. */
  async members(expected) {
    let here;
    await eventually('seeing who is here', async () => {
      here = await this.pane.locator('#members li').allInnerTexts();
      return JSON.stringify(here.toSorted()) === JSON.stringify(expected.toSorted());
    }, { describe: () => `Here: ${JSON.stringify(here)}, not ${JSON.stringify(expected)}` });
  }

  /** Waits until it is said who types: nobody, if the text is empty. */
  async typing(text) {
    await eventually(`showing “${text}”`, async () => (await this.pane.locator('#typing').textContent()) === text);
  }

  async alert(text) {
    await this.pane.getByRole('alert').filter({ hasText: text }).waitFor();
  }
}

export class DevicePane {
  constructor(tab) {
    this.page = tab.page;
    this.pane = this.page.locator('.device');
  }

  /** Registers the device, and returns its number. */
  async register({ name = 'phone', location = 'kitchen' } = {}) {
    await this.pane.getByLabel('Name', { exact: true }).fill(name);
    await this.pane.getByLabel('Location').fill(location);
    await this.press('Register the device');
    await this.status('Online');
    return this.number();
  }

  async number() {
    return Number((await this.pane.getByRole('heading', { level: 2 }).innerText()).split(' ')[1]);
  }

  press(button) {
    return this.pane.getByRole('button', { name: button, exact: true }).click();
  }

  status(text) {
    return this.pane.locator('#device-status').filter({ hasText: text }).waitFor();
  }

  async send(number, text) {
    await this.pane.getByLabel('Number of the device').fill(String(number));
    await this.pane.getByLabel('What to send').fill(text);
    await this.press('Send');
  }

  sent(text) {
    return this.pane.getByRole('status').filter({ hasText: text }).waitFor();
  }

  async alert(text) {
    await this.pane.getByRole('alert').filter({ hasText: text }).waitFor();
  }

  /** Waits until the mailbox holds exactly these. */
  async holds(expected) {
    let held;
    await eventually('showing the mailbox', async () => {
      held = await this.pane.locator('#mailbox .content').allInnerTexts();
      return JSON.stringify(held) === JSON.stringify(expected);
    }, { describe: () => `Held: ${JSON.stringify(held)}, not ${JSON.stringify(expected)}` });
  }

  acknowledge(text) {
    return this.pane.locator('#mailbox li').filter({ hasText: text }).getByRole('button', { name: 'Acknowledge' }).click();
  }
}
