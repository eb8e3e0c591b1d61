// The first administrator, as an operator sets it.
import { UsersClient } from './users-client.js';
import { eventually } from './waiting.js';

export const administrator = { username: 'Root Beer', email: 'root@example.org', password: 'made by the settings' };

export const administratorSettings = ({ username, email, password } = administrator) => ({
  Gatehouse__Admin__Username: username,
  Gatehouse__Admin__Email: email,
  Gatehouse__Admin__Password: password,
});

/** The administrator's connection. It is made right after the start, so the first login may come too early. */
export async function asAdministrator(service, door = '/admin/', person = administrator) {
  const client = await UsersClient.connect(service, door);
  const { username, password } = person;
  await eventually('waiting for the first administrator', async () =>
    (await client.ask('login', { username, password })).data !== undefined);
  return client;
}
