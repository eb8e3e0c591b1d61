// socket.io on Node, doing what servers/LibraryServer.cs does. GET /gc collects the garbage (node --expose-gc).
const http = require("http");
const { Server } = require("socket.io");

const server = http.createServer((request, response) => {
  globalThis.gc();
  response.end();
});
const io = new Server(server, { serveClient: false });
io.of("/publish").on("connection", (socket) => {
  socket.on("publish", (news) => io.emit("news", news));
});
server.listen(Number(process.argv[2]), "localhost");
