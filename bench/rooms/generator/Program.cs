// Measures a server that has been started, and prints "name value" lines for bench/run:
//   generator SERVER PORT PID load PREFIX ROOM_SIZE MEMBERS SENDERS WINDOW [RATE of another server]
//   generator SERVER PORT PID first PREFIX ROOM_SIZE MEMBERS SENDERS WINDOW
//   generator SERVER PORT PID idle CONNECTIONS
//   generator SERVER PORT,PORT PID,PID,PID storm CONNECTIONS OTHERS SECONDS     kills the last process, whose is the last port
// A server of several processes has several, with commas in between; its clients share the ports among them.
using System.Diagnostics;
using Gatehouse.Bench;

int[] ports = [.. args[1].Split(',').Select(int.Parse)], processes = [.. args[2].Split(',').Select(int.Parse)];
var server = new ServerProcess(processes);
var dialect = Dialect.Of(args[0]);
switch (args[3])
{
    case "load":
        await new LoadRun(dialect, ports, server, int.Parse(args[7]), int.Parse(args[8])).Run(
            args[4], int.Parse(args[5]), int.Parse(args[6]), args.Length > 9 ? double.Parse(args[9]) : null);
        break;
    case "first":
        await new LoadRun(dialect, ports, server, int.Parse(args[7]), int.Parse(args[8])).RunFirst(args[4], int.Parse(args[5]), int.Parse(args[6]));
        break;
    case "idle":
        // Some first, so that code and pools are warm.
        var (run, count) = (new LoadRun(dialect, ports, server), int.Parse(args[4]));
        await run.Fill("live-warm-", 100, 1000);
        await Task.Delay(3000);
        var (memory, cpu, begin) = (server.ResidentBytes, server.CpuSeconds, Stopwatch.GetTimestamp());
        await run.Fill("live-idle-", 100, count);
        Output.Print("joins_per_second", count / Stopwatch.GetElapsedTime(begin).TotalSeconds);
        Output.Print("joins_per_cpu_second", count / (server.CpuSeconds - cpu));
        await Task.Delay(4000);
        Output.Print("bytes_per_idle", (server.ResidentBytes - memory) / count);
        break;
    case "storm":
        await new StormRun(dialect, ports[0], ports[^1], Process.GetProcessById(processes[^1]), TimeSpan.FromSeconds(int.Parse(args[6])))
            .Run(int.Parse(args[4]), int.Parse(args[5]));
        break;
    default:
        throw new ArgumentException(args[3]);
}
Environment.Exit(0);
