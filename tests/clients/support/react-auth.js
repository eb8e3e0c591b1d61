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
  return {
    status: response.status,
    text,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
    cookies: response.headers.getSetCookie(),
  };
}

/** What is called session, which is the cookie's value too. */
export const ticketOf = ({ body }) => body.session;

export const cookieOf = (ticket) => `${COOKIE}=${ticket}`;
