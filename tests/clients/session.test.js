// The session protocol.
import { inOneProcess } from './support/shared-service.js';

inOneProcess({
  'every event in every state': () => import('./session/scenarios.js'),
  'other doors': () => import('./session/doors.js'),
  'names of events': () => import('./session/names.js'),
  'accounts': () => import('./session/accounts.js'),
  'tokens': () => import('./session/tokens.js'),
  'bad input over SignalR': () => import('./session/bad-input.js'),
  'bad input over Socket.IO': () => import('./session/socketio-bad-input.js'),
  'resuming over SignalR': () => import('./session/resume.js'),
  'recovery of Socket.IO': () => import('./session/recovery.js'),
});
