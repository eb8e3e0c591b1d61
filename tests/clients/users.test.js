// The users API.
import { inOneProcess } from './support/shared-service.js';

inOneProcess({
  'actions': () => import('./users/actions.js'),
  'logins': () => import('./users/logins.js'),
  'logins that have ended': () => import('./users/logout-again.js'),
  'administrators': () => import('./users/administrators.js'),
  'frames': () => import('./users/frames.js'),
  'presence': () => import('./users/presence.js'),
  'privacy': () => import('./users/privacy.js'),
});
