// Waiting for events, never for time: each wait has a limit, and says what it waited for.

/** How long one event may take on a busy machine; whoever tries again by itself wants to know sooner. */
export const LIMIT = Number(process.env.GATEHOUSE_TEST_PATIENCE || 30_000);

export const delay = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** The promise's outcome, or an error that names the phase. */
export async function within(milliseconds, phase, promise, describe = () => '') {
  let timer;
  const limit = new Promise((_, reject) => {
    const giveUp = () => reject(new Error(`${phase}: nothing after ${milliseconds} ms. ${describe()}`));
    timer = setTimeout(giveUp, milliseconds);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again until the answer is something other than undefined or false. */
export async function eventually(phase, ask, { limit = 20_000, every = 100, describe = () => '' } = {}) {
  const giveUpAt = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > giveUpAt) throw new Error(`${phase}: not so after ${limit} ms. ${describe()}`);
    await delay(every);
  }
}
