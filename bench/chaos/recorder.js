// What the clients tell, and what is wrong with it.

/** Whoever waited for longer was disturbed; a login costs the clients' own machine most of a second. */
const DISTURBANCE = 2000;
/** What a fault brought is over when nobody has waited for that long for so many ms: a lost silo is noticed after up to four seconds. */
const CALM = 5000;

export class Recorder {
  acknowledged = 0;
  /** How often something failed and was tried again. */
  failures = 0;
  violations = { lost: [], twice: [], misordered: [], 'acted after revocation': [] };
  /** How long after its end a login's connections heard of it or were refused, in ms. */
  revocations = [];
  #wants = new Set();
  #disturbed = [];
  #longest = { took: 0 };

  violation(kind, description) {
    this.violations[kind].push(description);
    console.error(`VIOLATION: ${kind}: ${description}`);
  }

  /** Somebody wants something from now on. */
  wants() {
    const want = { began: Date.now() };
    this.#wants.add(want);
    return want;
  }

  /** They have it now, however often they had to try. */
  done(who, want, failures) {
    const { began } = want;
    this.#wants.delete(want);
    this.acknowledged++;
    this.failures += failures.length;
    const ended = Date.now();
    const took = ended - began;
    if (took > this.#longest.took) this.#longest = { took, who };
    if (took > DISTURBANCE) this.#disturbed.push({ who, began, ended, failures });
  }

  /** Those who had to wait, for whoever wants to know why. */
  get disturbed() {
    return this.#disturbed;
  }

  /** Whether nobody has been waiting for long. */
  get isCalm() {
    return [...this.#wants].every(({ began }) => Date.now() - began < DISTURBANCE);
  }

  get longest() {
    return this.#longest;
  }

  /**
   * How long after a fault, or after its end when it lasted, the last of those that it disturbed had what they wanted, and who that was; 0
   * when nobody had to wait. Who began to wait when all was calm again was not disturbed by it.
   */
  heal({ began, ended, until }) {
    const touched = this.#disturbed.filter((wait) => wait.began < until && wait.ended > began);
    let last = { ended, who: 'nobody' };
    for (const wait of touched.toSorted((one, other) => one.began - other.began)) {
      if (wait.began > last.ended + CALM) break;
      wait.isOfFault = true;
      if (wait.ended > last.ended) last = wait;
    }
    return { took: last.ended - ended, who: last.who };
  }

  /** Who had to wait since, and not because of a fault: the longest first. */
  othersSince(time) {
    return this.#disturbed.filter((wait) => wait.began > time && !wait.isOfFault)
      .toSorted((one, other) => (other.ended - other.began) - (one.ended - one.began));
  }
}

/** Of numbers, the one that so many percent are not above. */
export function percentile(numbers, percent) {
  if (numbers.length === 0) return 0;
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * percent / 100) - 1];
}
