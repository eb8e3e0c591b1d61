// The operators' console in a real browser.
const LIMIT = 30_000;

export class Console {
  /** Errors and warnings of the browser, violations of the content security policy included. */
  complaints = [];

  static async open(browser, service, options = {}) {
    const console = new Console();
    console.service = service;
    console.context = await browser.newContext(options);
    console.context.setDefaultTimeout(LIMIT);
    console.page = await console.context.newPage();
    console.page.on('console', (message) => {
      // The browser itself reports each answer that is a refusal.
      if (['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text())) console.complaints.push(message.text());
    });
    console.page.on('pageerror', (failure) => console.complaints.push(String(failure)));
    await console.page.goto(`${service.url}/console/`);
    return console;
  }

  access(state) {
    return this.page.locator(`html[data-access=${state}]`).waitFor();
  }

  async logIn({ username, password }) {
    this.service.secrets.add(password);
    await this.access('stranger');
    await this.submit('Log in', { Username: username, Password: password });
  }

  /** Goes to a pane, by its name in the navigation. */
  async go(name) {
    await this.page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await this.heading(name);
  }

  heading(name) {
    return this.page.getByRole('heading', { name, exact: true, level: 2 }).waitFor();
  }

  link(name) {
    return this.page.locator('main').getByRole('link', { name, exact: true }).click();
  }

  press(name, within = this.page) {
    return within.getByRole('button', { name, exact: true }).click();
  }

  async submit(form, fields) {
    const found = this.page.getByRole('form', { name: form, exact: true });
    for (const [label, value] of Object.entries(fields)) {
      const field = found.getByLabel(label, { exact: true });
      if (await field.evaluate(({ tagName }) => tagName === 'SELECT')) await field.selectOption(value);
      else await field.fill(value);
    }
    await found.getByRole('button').click();
    await this.page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
  }

  notice(text) {
    return this.page.getByRole('status').filter({ hasText: text }).waitFor();
  }

  failure(text) {
    return this.page.getByRole('alert').filter({ hasText: text }).waitFor();
  }

  row(text) {
    return this.page.getByRole('row').filter({ hasText: text });
  }

  /** The page of a user, found by name. */
  async user(name) {
    await this.go('Users');
    await this.submit('Find a user', { 'Name, e-mail address or id': name });
    await this.link(name);
    await this.heading(name);
  }

  /** The newest entries of the audit log, as "what whom how outcome". */
  async audit() {
    await this.go('Audit log');
    const rows = await this.page.locator('tbody tr').evaluateAll((found) => found.map((row) =>
      [...row.cells].slice(3).map((cell) => cell.innerText).filter(Boolean).join(' ')));
    return rows;
  }

  /** Asks the service as the page does, with its cookie. */
  ask(method, path, { headers = {}, body } = {}) {
    return this.context.request.fetch(`${this.service.url}/console/api/${path}`, { method, headers, data: body });
  }
}
