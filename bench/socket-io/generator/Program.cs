// Measures a server that has been started: generator load|idle PORT PID [half rate of another server].
// Prints "name value" lines for bench/socket-io/run.
using SocketIo.Bench;

var port = int.Parse(args[1]);
var server = new ServerProcess(int.Parse(args[2]));
switch (args[0])
{
    case "load":
        await LoadRun.RunAsync(port, server, args.Length > 3 ? double.Parse(args[3]) : null);
        break;
    case "idle":
        await IdleRun.RunAsync(port, server);
        break;
    default:
        throw new ArgumentException("load or idle, not " + args[0]);
}
