// The protocol of clients and nodes.
import { inOneProcess } from './support/shared-service.js';

inOneProcess({
  'messages': () => import('./clients/messages.js'),
  'mailboxes': () => import('./clients/mailbox.js'),
  'mailboxes in pages': () => import('./clients/pages.js'),
  'over HTTP': () => import('./clients/http.js'),
  'settings': () => import('./clients/settings.js'),
});
