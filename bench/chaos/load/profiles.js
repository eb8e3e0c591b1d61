// Profiles, over raw WebSockets: whoever has been told that something is written reads it, or something newer, at every gateway.
import { account } from '../../../tests/clients/support/connection.js';
import { UsersClient } from '../../../tests/clients/support/users-client.js';
import { abandon, beforeItEnds, persist, rest } from './trying.js';

export const open = (trial, connections) => Array.from({ length: connections }, (_, number) => new Profile(trial, number));

class Profile {
  #tried = 0;
  #last = 0;
  #written = new Set();

  constructor(trial, number) {
    Object.assign(this, { trial, name: `profile ${number}`, person: account() });
  }

  async run() {
    const { trial, name } = this;
    await persist(trial, name, () => signUp(trial, this.person));
    while (!trial.isOver) {
      await persist(trial, name, () => this.#once(async (client) => {
        const number = ++this.#tried;
        await client.get('edit', { bio: String(number) });
        this.#written.add(this.#last = number);
      }));
      const { bio } = await persist(trial, name, () => this.#once((client) => client.get('me')));
      this.#compare(Number(bio), 'read');
      await rest(trial);
    }
    abandon(this.client);
  }

  async judge(database) {
    const [{ bio }] = await database.rows(`SELECT bio FROM users WHERE name = '${this.person.username}'`);
    this.#compare(Number(bio), 'stored');
  }

  /** Whatever was tried and never answered may come into effect at any time. */
  #compare(bio, how) {
    if (bio === this.#last || (bio <= this.#tried && !this.#written.has(bio))) return;
    this.trial.recorder.violation('lost', `${this.name}: ${this.#last} was written, ${bio} is ${how}`);
  }

  async #once(act) {
    try {
      if (!this.client?.connected) this.client = await logIn(this.trial, this.person);
      return await beforeItEnds(this.client, act(this.client));
    } catch (failure) {
      abandon(this.client);
      this.client = undefined;
      throw failure;
    }
  }
}

/** A connection of the users API that is logged in: as an application comes back, by the token of the last time, or else by the password. */
export async function logIn(trial, person) {
  const client = await UsersClient.connect(trial.door);
  try {
    person.token = await beforeItEnds(client, person.token ? client.logInWith(person.token) : client.logIn(person));
    return client;
  } catch (failure) {
    if (/Invalid token/.test(failure.message)) person.token = undefined;
    abandon(client);
    throw failure;
  }
}

/** Makes an account, unless an attempt whose answer was lost has. */
export async function signUp(trial, person) {
  const client = await UsersClient.connect(trial.door);
  try {
    const { username, email, password } = person;
    const { error } = await beforeItEnds(client, client.ask('new', { username, email, password }));
    if (error !== undefined && error !== 'user_exists') throw new Error(error);
  } finally {
    abandon(client);
  }
}
