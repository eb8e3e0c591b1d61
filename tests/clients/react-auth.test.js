// react-auth, and what all doors have in common.
import { inOneProcess } from './support/shared-service.js';

inOneProcess({
  'over HTTP': () => import('./react-auth/http.js'),
  'bodies': () => import('./react-auth/bodies.js'),
  'the cookie': () => import('./react-auth/cookie.js'),
  'the ticket': () => import('./react-auth/ticket.js'),
  'its socket': () => import('./react-auth/socket.js'),
  'frames': () => import('./react-auth/frames.js'),
  'the public client': () => import('./react-auth/client.js'),
  'one identity at every door': () => import('./react-auth/one-identity.js'),
  'expiry': () => import('./react-auth/expiry.js'),
});
