// The page's parts, made of elements and never of markup: whatever a user is called stays a text.

/** An element with properties, or attributes where a name has a dash, and children. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key.includes('-') || key === 'for' || key === 'role') element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const button = (text, act, properties = {}) => h('button', { type: 'button', className: 'plain', onclick: act, ...properties }, text);

/** A button for what cannot be undone: it asks once more. */
export function sureButton(text, question, act) {
  let asked = false;
  const made = button(text, () => {
    if (asked) return act();
    asked = true;
    made.textContent = question;
    return undefined;
  });
  made.addEventListener('blur', () => {
    asked = false;
    made.textContent = text;
  });
  return made;
}

let fields = 0;

/** A labelled input, or whatever the properties' `name` says. */
export function field(label, { tag = 'input', ...properties } = {}, ...children) {
  fields += 1;
  const id = `field-${fields}`;
  return h('div', { className: 'field' }, h('label', { for: id }, label), h(tag, { id, ...properties }, ...children));
}

/** A form that is sent by script, with the values of its fields in their order. */
export function form(label, submit, text, ...parts) {
  return h('form', {
    'aria-label': label,
    onsubmit: (event) => {
      event.preventDefault();
      submit(...[...event.target.querySelectorAll('input, select')].map(({ value }) => value));
    },
  }, ...parts, h('button', { type: 'submit' }, text));
}

/** A table that scrolls by itself where it is too wide. */
export function table(caption, columns, rows, nothing = 'Nothing.') {
  if (!rows.length) return h('p', { className: 'hint' }, nothing);
  return h('div', { className: 'scroll', tabIndex: 0, role: 'region', 'aria-label': caption },
    h('table', {},
      h('caption', { className: 'hidden-visually' }, caption),
      h('thead', {}, h('tr', {}, columns.map((column) => h('th', { scope: 'col' }, column)))),
      h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map((cell) => h('td', {}, cell ?? '–')))))));
}

/**
 * A place for what is asked for: busy meanwhile, so that nobody presses what is about to go, and in the end it shows what was asked for
 * last, or why that was refused.
 * @param ask Resolves to the elements.
 */
export function listing(ask) {
  const place = h('div');
  let turn = 0;
  const show = async (...wanted) => {
    turn += 1;
    const mine = turn;
    place.ariaBusy = 'true';
    const parts = await ask(...wanted).catch(({ message }) => [h('p', { role: 'alert' }, message)]);
    if (mine !== turn) return;
    place.replaceChildren(...parts);
    place.ariaBusy = 'false';
  };
  return [place, show];
}

export function pane(title, ...children) {
  return h('section', { className: 'pane', 'aria-label': title }, h('h2', { tabIndex: -1 }, title), ...children);
}

export const time = (text) => (text ? h('time', { dateTime: text }, new Date(text).toLocaleString()) : undefined);

export const link = (hash, text) => h('a', { href: `#${hash}` }, text);

export const number = (value) => Number(value).toLocaleString('en');
