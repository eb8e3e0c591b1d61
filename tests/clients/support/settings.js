// The settings with which the tests of one protocol share a service.
import { administratorSettings } from './administrator.js';

/** Wrong passwords are part of many tests, and all of them come from one address. */
export const PATIENT = { Gatehouse__Login__AddressFailures: '100000' };

export const ADMINISTERED = { ...PATIENT, ...administratorSettings() };

/** What is over soon is over at once. */
export const BRIEF = { ...PATIENT, Gatehouse__Session__ResumeWindow: '00:00:01', Gatehouse__Token__RotationOverlap: '00:00:01' };

/** Leases that end soon, and passwords that need a few different characters. */
export const STRICT = { Gatehouse__Gateway__Lease: '00:00:02', Gatehouse__Password__MinUniqueCharacters: '5' };

/** A site whose pages may use this service. */
export const OURS = 'https://app.example.org';

/** Behind a proxy, for the pages of another site too. */
export const OF_THE_WEB = {
  ...ADMINISTERED, Gatehouse__Web__AllowedOrigins__0: OURS, ASPNETCORE_FORWARDEDHEADERS_ENABLED: 'true',
};

/** What fits into one mailbox. */
export const MAILBOX = 300;

export const SMALL_MAILBOXES = { ...PATIENT, Gatehouse__Clients__MailboxLimit: String(MAILBOX) };

/** For rooms: the same people guess wrong in test after test. */
export const CHATTING = { ...ADMINISTERED, Gatehouse__Login__AccountFailures: '1000' };

export const OPEN_ROOMS = { ...CHATTING, Gatehouse__Room__Open: 'true' };
