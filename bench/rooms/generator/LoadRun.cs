using System.Diagnostics;

namespace Gatehouse.Bench;

/// <summary>Rooms in which much is said: first as much as the server can bear, then half of it, then a tenth.</summary>
/// <param name="dialect">How it is said.</param>
/// <param name="ports">Where the server listens; the members of a room share them, as rooms of one do.</param>
/// <param name="server">Its process.</param>
/// <param name="senders">How many members of each room speak.</param>
/// <param name="window">How many messages of each of them may be under way.</param>
internal sealed class LoadRun(Dialect dialect, int[] ports, ServerProcess server, int senders = 1, int window = 1)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(4);

    private readonly List<Room> _rooms = [];

    /// <summary>How many deliveries have not come.</summary>
    public long Lost => _rooms.Sum(room => Math.Max(0, room.Missing));

    private long Deliveries => _rooms.Sum(room => room.Members.Sum(member => member.Count));

    public async Task Run(string prefix, int roomSize, int members, double? otherRate)
    {
        await Fill(prefix, roomSize, members);
        await Saturate(WarmUp);
        var (perSecond, perCpuSecond) = await Measure(Measured);
        Output.Print("per_second", perSecond);
        Output.Print("per_cpu_second", perCpuSecond);

        var half = perSecond / roomSize / 2;
        Output.Print("half_rate", half);
        await ReportAt(half, "half");
        await ReportAt(half / 5, "tenth");
        if (otherRate is { } rate) await ReportAt(rate, "other");
        Output.Print("lost", Lost);
        Output.Print("wrong", Room.Wrong);
    }

    /// <summary>The first half minute of a server that has just been started, and what it can do when it has had a minute more.</summary>
    public async Task RunFirst(string prefix, int roomSize, int members)
    {
        await Fill(prefix, roomSize, members);
        Output.Print("first_per_cpu_second", (await Measure(TimeSpan.FromSeconds(30))).PerCpuSecond);
        await Saturate(TimeSpan.FromSeconds(60));
        Output.Print("warm_per_cpu_second", (await Measure(Measured)).PerCpuSecond);
    }

    public async Task Fill(string prefix, int roomSize, int members)
    {
        var joining = new SemaphoreSlim(50);
        var all = Enumerable.Range(0, members / roomSize).Select(index => new Room($"{prefix}{roomSize}-{index}")).ToList();
        await Task.WhenAll(all.SelectMany((room, number) => Enumerable.Range(0, roomSize).Select(async index =>
        {
            await joining.WaitAsync();
            var client = new Client(dialect, room);
            await client.Connect(ports[(number + index) % ports.Length], $"{room.Name}-{index}".Replace("live-", "", StringComparison.Ordinal));
            lock (room.Members) room.Members.Add(client);
            joining.Release();
            _ = Watch(client.Read());
        })));
        _rooms.AddRange(all);
    }

    public void Leave()
    {
        foreach (var member in _rooms.SelectMany(room => room.Members)) member.Dispose();
        _rooms.Clear();
    }

    /// <summary>Keeps as many messages under way as the window allows; returns how many seconds it took until all had come.</summary>
    public async Task<double> Saturate(TimeSpan time)
    {
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            var isFull = true;
            foreach (var room in _rooms)
            {
                var free = (senders * window) - (room.Sent - room.Echoed);
                if (free < senders) continue;
                isFull = false;
                await Send(room, free);
            }
            // The generator has a core of its own: to sleep would measure the clock.
            if (isFull) await Task.Yield();
        }
        await Drain();
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    /// <summary>How much is delivered under such a load.</summary>
    private async Task<(double PerSecond, double PerCpuSecond)> Measure(TimeSpan time)
    {
        var (count, cpu) = (Deliveries, server.CpuSeconds);
        var elapsed = await Saturate(time);
        count = Deliveries - count;
        return (count / elapsed, count / (server.CpuSeconds - cpu));
    }

    /// <summary>So many messages a second, as long as it lasts; the latencies of their deliveries, in milliseconds and in order.</summary>
    public async Task<List<double>> Pace(double rate, Func<TimeSpan, bool> lasts)
    {
        Room.TakeLatencies();
        var begin = Stopwatch.GetTimestamp();
        var (due, turn) = (0L, 0);
        while (Stopwatch.GetElapsedTime(begin) is var elapsed && lasts(elapsed))
        {
            for (var now = (long)(elapsed.TotalSeconds * rate); due < now; due++) await Send(_rooms[turn++ % _rooms.Count], 1);
            await Task.Delay(1);
        }
        var latencies = Room.TakeLatencies();
        await Drain();
        return latencies;
    }

    /// <summary>Prints what latencies come to.</summary>
    public static void Report(string name, List<double> latencies)
    {
        Output.Print($"p50_{name}", latencies[latencies.Count / 2]);
        Output.Print($"p99_{name}", latencies[latencies.Count * 99 / 100]);
        Output.Print($"p999_{name}", latencies[latencies.Count * 999 / 1000]);
    }

    /// <summary>Latencies at a rate to which the server has had a second to get used.</summary>
    private async Task ReportAt(double rate, string name)
    {
        await Pace(rate, time => time < TimeSpan.FromSeconds(1));
        Report(name, await Pace(rate, time => time < Measured));
    }

    /// <summary>Some messages, by as many members in turn.</summary>
    private async Task Send(Room room, int count)
    {
        for (var left = count; left > 0;)
        {
            var sender = room.Members[room.Sent % senders];
            // Several of one sender go in one write, as a busy client's would.
            var together = Math.Min(left, Math.Max(1, count / senders));
            await sender.Send(Enumerable.Range(0, together).SelectMany(_ => Client.Frame(dialect.Send(room.Name, room.Next()))).ToArray());
            left -= together;
        }
    }

    /// <summary>Every delivery is waited for; what does not come in time counts as lost.</summary>
    private async Task Drain()
    {
        var begin = Stopwatch.GetTimestamp();
        while (_rooms.Any(room => room.Missing > 0) && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(20)) await Task.Delay(1);
    }

    private static async Task Watch(Task reading)
    {
        try
        {
            await reading;
        }
        catch (ObjectDisposedException)
        {
            // We left.
        }
        catch (Exception lost)
        {
            Environment.FailFast("A connection was lost.", lost);
        }
    }
}
