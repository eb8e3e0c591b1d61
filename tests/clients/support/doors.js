// Every door of the service, tried from within a page: functions that run there, with the libraries that the page has loaded.

/** What a page of the service's own must find open. */
export const DOORS = [
  'SignalR by WebSockets', 'SignalR by ServerSentEvents', 'SignalR by LongPolling',
  'Socket.IO by websocket', 'Socket.IO by polling', 'a raw WebSocket', 'login over HTTP',
];

/** Goes in by a door of the service at an address; resolves to what came of it, 'in' if all is well. */
export async function enter([door, base, person]) {
  /* global signalR, io */
  const [, kind, way] = /^(SignalR|Socket\.IO|a raw|login)(?: by (\w+))?/.exec(door);
  const url = new URL(base, document.baseURI);
  const limit = new Promise((resolve) => { setTimeout(resolve, 20_000, 'nothing came of it'); });
  const ways = {
    async SignalR() {
      const hub = new signalR.HubConnectionBuilder()
        .withUrl(new URL('hubs/session', url).href, { transport: signalR.HttpTransportType[way] })
        .configureLogging(signalR.LogLevel.None).build();
      const state = new Promise((resolve) => { hub.on('state_change', resolve); });
      for (const event of ['token_change', 'user_change']) hub.on(event, () => {});
      await hub.start();
      await hub.invoke('login_guest');
      await state;
      await hub.stop();
      return 'in';
    },
    'Socket.IO': () => new Promise((resolve) => {
      const socket = io(new URL('/session', url).href, {
        path: new URL('socket.io', url).pathname, transports: [way], reconnection: false, forceNew: true,
      });
      socket.on('connect_error', (failure) => resolve(failure.message));
      socket.on('connect', () => socket.emit('login_guest'));
      socket.on('state_change', () => {
        socket.close();
        resolve('in');
      });
    }),
    'a raw': () => new Promise((resolve) => {
      const socket = new WebSocket(new URL('users/', url).href.replace(/^http/, 'ws'));
      socket.onopen = () => socket.send('{"action":"ping"}');
      socket.onmessage = ({ data }) => {
        socket.close();
        resolve(JSON.parse(data).action === 'pong' ? 'in' : data);
      };
      socket.onclose = ({ code }) => resolve(`closed with ${code}`);
    }),
    async login() {
      const body = new URLSearchParams({ type: 'fantaptik/react-auth/authenticate', ...person });
      const response = await fetch(new URL('auth/login', url), { method: 'POST', body, credentials: 'include' });
      return (await response.json()).success ? 'in' : 'refused';
    },
  };
  return Promise.race([ways[kind]().catch((failure) => failure.message), limit]);
}
