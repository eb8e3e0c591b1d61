// Tokens as a forger sees them.
import { createHmac } from 'node:crypto';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A token's header and claims. */
export function opened(token) {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header), claims: JSON.parse(claims) };
}

/** A token with these parts, signed with this key by HS256. */
export function signed({ header, claims }, key) {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

/** A token that claims to need no signature. */
export const unsigned = ({ header, claims }, alg = 'none') => `${encode({ ...header, alg })}.${encode(claims)}.`;
