// The chat protocol.
import { inOneProcess } from './support/shared-service.js';

inOneProcess({
  'rooms': () => import('./chat/rooms.js'),
  'levels': () => import('./chat/levels.js'),
  'authority': () => import('./chat/authority.js'),
  'bad input': () => import('./chat/bad-input.js'),
});
