// The HTTP part of react-auth, as a browser and others would use it.

export const TYPES = {
  authenticate: 'fantaptik/react-auth/authenticate',
  resume: 'fantaptik/react-auth/resume',
  socketResume: 'fantaptik/react-auth/socket/resume',
  close: 'fantaptik/react-auth/close',
};

/** The body of every refusal. */
export const REFUSED = { success: false, session: '', user: null };

export const COOKIE = 'gatehouse.session';

const cookiesByTicket = new Map();

/**
 * Posts a request, as a form unless told otherwise.
 * @returns {{status: number, body: object, text: string, headers: Headers, cookies: string[]}}
 */
export async function post(service, fields, options = {}) {
  const { path = '/auth/login', as = 'form', cookie, origin, headers = {}, body } = options;
  const { password } = fields;
  if (typeof password === 'string' && password.length >= 8) service.secrets.add(password.slice(0, 1000));
  const content = {
    form: () => new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined)).toString(),
    json: () => JSON.stringify(fields),
  }[as];
  const response = await service.get(path, {
    method: 'POST',
    headers: {
      'content-type': as === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
      ...(cookie === undefined ? {} : { cookie }),
      ...(origin === undefined ? {} : { origin }),
      ...headers,
    },
    body: body ?? content(),
  });
  const text = await response.text();
  const parsed = text === '' ? undefined : JSON.parse(text);
  const cookies = response.headers.getSetCookie();
  if (parsed?.success && cookies.length === 1) {
    const [pair] = cookies[0].split(';');
    cookiesByTicket.set(parsed.session, pair);
    service.secrets.add(pair.split('=')[1]);
  }
  return { status: response.status, text, body: parsed, headers: response.headers, cookies };
}

/** What is called session. */
export const ticketOf = ({ body }) => body.session;

/** The cookie that came with a session; or one with this value. */
export const cookieOf = (ticket) => cookiesByTicket.get(ticket) ?? `${COOKIE}=${ticket}`;
