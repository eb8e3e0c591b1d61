// How every client of the trial lives: it wants something, and tries until it has it.
import { delay } from '../../../tests/clients/support/waiting.js';

/** Between two attempts, in ms: the first, and the longest. */
const PAUSE = [50, 500];
/** How often whoever rests looks whether the trial is over, in ms. */
const LOOK = 1000;

/** What fails for a reason that is nobody's fault: an answer that did not come, or said "try again". */
export class Failed extends Error {}

/** Does something until it succeeds, and has it recorded how long that took. */
export async function persist(trial, who, attempt) {
  const failures = [];
  const want = trial.recorder.wants();
  for (let pause = PAUSE[0]; ; pause = Math.min(2 * pause, PAUSE[1])) {
    try {
      const outcome = await attempt();
      trial.recorder.done(who, want, failures);
      return outcome;
    } catch (failure) {
      if (trial.isAborted) throw failure;
      failures.push({ at: Date.now(), reason: failure.message.split('\n')[0].slice(0, 200) });
      await delay(pause * trial.chance.between(0.5, 1.5));
    }
  }
}

/** What comes of something, unless the connection ends first. */
export async function beforeItEnds(connection, something) {
  let look;
  const told = connection.changed;
  const ended = new Promise((_, reject) => {
    look = () => connection.link && !connection.connected && reject(new Failed('the connection ended'));
  });
  connection.changed = function changed() {
    told.call(this);
    look();
  };
  look();
  try {
    return await Promise.race([something, ended]);
  } finally {
    connection.changed = told;
    Promise.resolve(something).catch(() => {});
  }
}

/** Takes its leave without waiting for anybody. */
export function abandon(connection) {
  connection?.close().catch(() => {});
}

/** A while between two things that somebody wants; a second at most when the trial is over. */
export async function rest(trial, most = 2000) {
  const end = Date.now() + trial.pace * trial.chance.between(0, most);
  do await delay(Math.max(0, Math.min(LOOK, end - Date.now())));
  while (!trial.isOver && Date.now() < end);
}
