// The page in a real browser.
import { inOneProcess } from './support/shared-service.js';

inOneProcess({
  'accounts': () => import('./browser/accounts.js'),
  'transports': () => import('./browser/transports.js'),
  'rooms': () => import('./browser/rooms.js'),
  'devices': () => import('./browser/devices.js'),
});
