// What goes on in the whole cluster, as of every few seconds.
import { get } from './api.js';
import { h, link, number, pane, table, time } from './dom.js';

const EVERY = 5000;

const megabytes = (bytes) => `${number(Math.round(bytes / 1_000_000))} MB`;

/** The sum of a metric over all gateways, for each value of a label. */
function sums(figures, name, label) {
  const found = new Map();
  for (const figure of figures.filter((one) => one.name === name)) {
    const value = new RegExp(`(?:^|,)${label}="((?:[^"\\\\]|\\\\.)*)"`).exec(figure.labels)?.[1] ?? '';
    found.set(value, (found.get(value) ?? 0) + figure.value);
  }
  return [...found].filter(([, value]) => value !== 0).sort(([, a], [, b]) => b - a);
}

/** How many grains of each type all silos have. */
function grainsOf(silos) {
  const found = new Map();
  for (const { type, activations } of silos.flatMap((silo) => silo.grains ?? [])) found.set(type, (found.get(type) ?? 0) + activations);
  return [...found].sort(([, a], [, b]) => b - a);
}

const total = (figures, name) => figures.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0);

const figures = (...pairs) => h('dl', { className: 'figures' }, pairs.map(([name, value]) =>
  h('div', {}, h('dt', {}, name), h('dd', {}, typeof value === 'number' ? number(value) : value))));

const counts = (title, name, rows) => [h('h3', {}, title), table(title, [name, 'How many'], rows.map(([key, value]) => [key, number(value)]), 'None.')];

function draw(place, { cluster, rooms, gateway, dashboard }) {
  const focused = place.querySelector('a:focus')?.getAttribute('href');
  const { gateways, silos, database } = cluster;
  const all = gateways.flatMap((one) => one.figures ?? []);
  place.replaceChildren(...[
    figures(
      ['Connections', total(all, 'gatehouse_connection_active')], ['Users online', database.onlineUsers], ['Sessions', database.sessions],
      ['Devices online', database.onlineDevices], ['Events received', total(all, 'gatehouse_event_received_total')],
      ['Events sent', total(all, 'gatehouse_event_sent_total')], ['Events failed', total(all, 'gatehouse_event_failed_total')],
      ['Slow consumers dropped', total(all, 'gatehouse_connection_dropped_slow_total')],
    ),
    h('div', { className: 'columns' },
      h('div', {}, counts('Connections by transport', 'Transport', sums(all, 'gatehouse_connection_active', 'transport'))),
      h('div', {}, counts('Connections by protocol', 'Protocol', sums(all, 'gatehouse_connection_speaking', 'protocol'))),
      h('div', {}, counts('Events by protocol', 'Protocol', sums(all, 'gatehouse_event_received_total', 'protocol'))),
      h('div', {}, counts('Refusals', 'Limit', sums(all, 'gatehouse_limit_refused_total', 'limit'))),
      h('div', {}, h('h3', {}, 'Largest rooms'), table('Largest rooms', ['Room', 'Sessions'], rooms.map((room) =>
        [link(`rooms/${encodeURIComponent(room.name)}`, room.name), number(room.sessions)]), 'None.'))),
    h('h3', {}, 'Gateways'),
    table('Gateways', ['Gateway', 'Connections', 'Lease until'], gateways.map((one) => [
      one.id === gateway ? `${one.id} (this one)` : one.id,
      one.figures ? number(total(one.figures, 'gatehouse_connection_active')) : 'does not answer', time(one.leaseUntil),
    ])),
    h('h3', {}, 'Silos'),
    table('Silos', ['Silo', 'Address', 'Since', 'Sign of life', 'Grains', 'Processor', 'Memory'], silos.map((silo) => [
      silo.name, silo.address, time(silo.startedAt), time(silo.lastSignOfLife),
      ...(silo.grains ? [number(silo.activations), `${number(Math.round(silo.processor))} %`, megabytes(silo.memory)] : ['does not answer']),
    ])),
    counts('Grains in memory', 'Grain', grainsOf(silos)),
    dashboard && h('p', {}, h('a', { href: 'dashboard/' }, 'Orleans dashboard')),
    h('h3', {}, 'Database'),
    figures(['Size', megabytes(database.size)], ['Connections', `${number(database.connections)} of ${number(database.maxConnections)}`]),
  ].flat().filter(Boolean));
  if (focused) place.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

export async function showLive() {
  const [place, said] = [h('div', { className: 'live' }), h('p', { className: 'hint' })];
  const look = async () => {
    const status = await get('status');
    // What is pressed right now must still be there when it is let go.
    if (place.matches(':active')) return;
    draw(place, status);
    said.textContent = `As of ${new Date().toLocaleTimeString()}. What gateways count, they count since their starts.`;
  };
  await look();
  const timer = setInterval(() => look().catch((refusal) => { said.textContent = refusal.message; }), EVERY);
  return { parts: pane('Live', said, place), leave: () => clearInterval(timer) };
}
