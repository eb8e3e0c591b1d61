// The public react-auth client on a page of its own: jsdom is the browser, its tabs share the cookies.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import { CookieJar, JSDOM, VirtualConsole } from 'jsdom';
import { REFUSED } from './react-auth.js';
import { LIMIT, within } from './waiting.js';

const { resolve } = createRequire(import.meta.url);

// In the order in which a page would name them; each finds the others as globals.
const LIBRARIES = [
  'react/umd/react.production.min.js', 'react-dom/umd/react-dom.production.min.js', 'prop-types/prop-types.min.js',
  'redux/dist/redux.min.js', 'react-redux/dist/react-redux.min.js', 'materialize-css/dist/js/materialize.min.js',
  '@fantaptik/core', '@fantaptik/react-material', '@fantaptik/socket', '@fantaptik/react-auth',
];
const scripts = await Promise.all(LIBRARIES.map(async (name) => {
  const path = resolve(name);
  return new Script(await readFile(path, 'utf8'), { filename: path });
}));

/** The page's own script: a login form for guests, a socket that logs in when the form has. */
function main(address, { envelope, retry }) {
  const { React, ReactDOM, Redux, ReactRedux, FantaptikSocket, FantaptikReactAuth, told } = window;
  const { Enveloper, Socket } = FantaptikSocket;
  const { Components, Reducer, SocketPlugin } = FantaptikReactAuth;
  const store = Redux.createStore(Redux.combineReducers({ auth: Reducer }));
  const plugin = SocketPlugin();
  const socket = new Socket({
    enveloper: new Enveloper.Id(envelope),
    plugins: [plugin],
    uriProvider: () => address,
    retryProvider: () => retry,
  });
  store.subscribe(told);
  const h = React.createElement;
  ReactDOM.render(
    h(ReactRedux.Provider, { store },
      h(Components.Guest, null, h(Components.LoginForm, { uriLogin: '/auth/login', uriResume: '/auth/resume' })),
      h(Components.Authenticated, null, h('p', { id: 'inside' }, 'Welcome'))),
    document.getElementById('root'));
  return { store, plugin, socket };
}

/** One person's browser. */
export class Browser {
  tabs = new Set();

  constructor(service) {
    this.service = service;
    this.jar = new CookieJar();
  }

  /** The cookie's value, which no script of a page can read. */
  ticket() {
    return this.jar.getCookiesSync(this.service.url).find(({ key }) => key === 'gatehouse.session')?.value;
  }

  /** Opens the page, and waits until it has tried to resume. */
  async open(options = {}) {
    const tab = new Tab(this, options);
    this.tabs.add(tab);
    await tab.until('settled after the resume', ({ resuming }) => !resuming && tab.hasAsked);
    return tab;
  }

  /** Closes all tabs; each of them must have been content. */
  close() {
    for (const tab of [...this.tabs]) tab.close();
  }

  /** Closes all tabs, whatever they say. */
  abandon() {
    for (const tab of [...this.tabs]) tab.leave();
  }
}

export class Tab {
  /** Every frame that came, as text. */
  frames = [];
  /** What the page complained about. */
  complaints = [];
  /** How often the client has connected. */
  connections = 0;
  #waiting = new Set();

  constructor(browser, { envelope = {}, retry = 50 } = {}) {
    this.browser = browser;
    const { service, jar } = browser;
    const console = new VirtualConsole();
    for (const kind of ['error', 'warn', 'jsdomError']) {
      console.on(kind, (...what) => this.complaints.push([kind, ...what].map(String).join(' ')));
    }
    const dom = new JSDOM('<!doctype html><div id="root"></div>', {
      url: `${service.url}/app`, cookieJar: jar, runScripts: 'outside-only', virtualConsole: console,
      pretendToBeVisual: true,
    });
    this.window = dom.window;
    this.#watch();
    for (const script of scripts) script.runInContext(dom.getInternalVMContext());
    Object.assign(
      this, this.window.eval(`(${main})`)(`${service.url.replace('http', 'ws')}/auth/socket`, { envelope, retry }));
  }

  /** What the client keeps, as a value of this side. */
  get state() {
    return JSON.parse(JSON.stringify(this.store.getState().auth));
  }

  /** What the page shows: the form, or what is for members only. */
  get shown() {
    const { document } = this.window;
    if (document.getElementById('inside')) return 'inside';
    return document.querySelector('#root input[type=password]') ? 'form' : 'nothing';
  }

  /** Types into the form and presses its button. */
  submit({ username, password }) {
    const { service } = this.browser;
    if (password.length >= 8) service.secrets.add(password);
    this.#type('username', username);
    this.#type('password', password);
    this.answered = this.#response();
    const { window } = this;
    this.window.document.querySelector('#root .card-action *[class*=btn]').dispatchEvent(
      new window.MouseEvent('click', { bubbles: true }));
  }

  /** Logs in by the form, and waits until the socket has resumed too. */
  async logIn(person) {
    const frames = this.frames.length;
    this.submit(person);
    await this.until('logged in', ({ session }) => session !== '');
    this.browser.service.secrets.add(this.state.session);
    await this.confirmed(frames);
  }

  /** Waits until the socket's resume was answered. */
  confirmed(frames = 0) {
    return this.until('confirmed by the socket', () => this.frames.length > frames);
  }

  /** Waits until the client has logged out, and the form that came back has asked in vain to resume. */
  async loggedOut() {
    await this.until('logged out', ({ session, user }) => session === '' && user === null);
    await this.until('refused', ({ resuming }) => !resuming && this.responses.at(-1).text === JSON.stringify(REFUSED));
  }

  logOut() {
    this.plugin.logout();
    return this.loggedOut();
  }

  /** Cuts the live connection, as a network does. */
  cut() {
    this.live.close();
  }

  /** Waits until it is so. */
  async until(what, isSo) {
    let look;
    const soon = new Promise((done) => { look = () => isSo(this.state) && done(); });
    this.#waiting.add(look);
    look();
    const describe = () =>
      [JSON.stringify({ ...this.state, session: '…' }), ...this.complaints, this.browser.service.tail()].join('\n');
    try {
      await within(LIMIT, `waiting for the tab to be ${what}`, soon, describe);
    } finally {
      this.#waiting.delete(look);
    }
  }

  leave() {
    this.browser.tabs.delete(this);
    this.socket.stop();
    this.window.close();
  }

  close() {
    this.leave();
    if (this.complaints.length > 0) throw new Error(`The page complained: ${this.complaints.join('\n')}`);
  }

  #told() {
    for (const look of this.#waiting) look();
  }

  #type(field, text) {
    const { window } = this;
    const input = window.document.querySelector(`#root input[id^=${field}]`);
    Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, 'value').set.call(input, text);
    input.dispatchEvent(new window.Event('input', { bubbles: true }));
  }

  /** The next response to a request of the page. */
  #response() {
    const before = this.responses.length;
    return this.until('answered', () => this.responses.length > before).then(() => this.responses[before]);
  }

  /** Sees what the page receives, and changes nothing. */
  #watch() {
    const tab = this;
    const { window } = this;
    window.told = () => tab.#told();
    tab.responses = [];
    const { send } = window.XMLHttpRequest.prototype;
    window.XMLHttpRequest.prototype.send = function watched(...body) {
      this.addEventListener('loadend', () => {
        tab.hasAsked = true;
        tab.responses.push({ status: this.status, text: this.responseText });
        // After the page's own handlers have run.
        window.setTimeout(() => tab.#told(), 0);
      });
      return send.apply(this, body);
    };
    window.WebSocket = class extends window.WebSocket {
      constructor(...address) {
        super(...address);
        tab.live = this;
        this.addEventListener('open', () => { tab.connections++; tab.#told(); });
        this.addEventListener('message', ({ data }) => {
          tab.frames.push(data);
          window.setTimeout(() => tab.#told(), 0);
        });
        this.addEventListener('close', () => window.setTimeout(() => tab.#told(), 0));
      }
    };
  }
}
