// socket.io with rooms: what somebody would write who needs rooms and nothing else; for bench/run.
const { Server } = require("socket.io");

const io = new Server(Number(process.argv[2]), { serveClient: false });
io.on("connection", (socket) => {
  let room;
  socket.on("join", (name) => {
    room = name;
    socket.join(room);
    socket.emit("joined");
  });
  socket.on("message", (message) => io.to(room).emit("message", message));
});
