// Bun's own publish: the fastest rooms that a JavaScript user can get; for bench/run.
Bun.serve({
  port: Number(process.argv[2]),
  fetch: (request, server) => (server.upgrade(request, { data: {} }) ? undefined : new Response()),
  websocket: {
    publishToSelf: true,
    message(socket, text) {
      if (!text.startsWith("join ")) {
        socket.publish(socket.data.room, text);
        return;
      }
      socket.data.room = text.slice(5);
      socket.subscribe(socket.data.room);
      socket.send("joined");
    },
  },
});
