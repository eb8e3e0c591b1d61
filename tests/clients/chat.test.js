// The chat protocol.
import { inOneProcess } from './support/shared-service.js';

inOneProcess({
  'rooms': () => import('./chat/rooms.js'),
  'bad input': () => import('./chat/bad-input.js'),
});
