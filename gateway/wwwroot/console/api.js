// What the console asks the service. A refusal is thrown, with what the service says of it.

export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

let refused = () => {};

/** Has somebody hear of the requests that are refused because of who asks. */
export function onRefused(listener) {
  refused = listener;
}

export const get = (path, query = {}) => ask('GET', path + search(query));

export const post = (path, body = {}) => ask('POST', path, body);

export const remove = (path) => ask('DELETE', path);

/** A part of a path, whatever is in it. */
export const part = encodeURIComponent;

function search(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return given.length ? `?${new URLSearchParams(given)}` : '';
}

async function ask(method, path, body) {
  let response;
  try {
    response = await fetch(`api/${path}`, {
      method,
      headers: { 'X-Gatehouse-Console': '1', ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Refusal(0, 'The service cannot be reached.');
  }
  if (response.ok) return response.status === 204 ? undefined : response.json();
  const { detail } = await response.json().catch(() => ({}));
  const refusal = new Refusal(response.status, detail ?? `The service answered ${response.status}.`);
  if ([401, 403].includes(response.status)) refused(refusal);
  throw refusal;
}
