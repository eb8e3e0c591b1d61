using System.Diagnostics;
using System.Globalization;

namespace SocketIo.Bench;

/// <summary>Broadcasts to many members: first as much as the server can bear, then half of it.</summary>
internal static class LoadRun
{
    private const int Members = 1000;
    private const int Window = 200; // events that may be under way, so that no server is buried
    private static readonly string Padding = new('x', 64);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(8);

    public static async Task RunAsync(int port, ServerProcess server, double? otherRate)
    {
        var counter = new Counter();
        var clients = new List<Client>();
        var reading = new List<Task>();
        for (var i = 0; i < Members; i++)
        {
            var client = new Client();
            await client.ConnectAsync(port, "40");
            reading.Add(client.ReadAsync(counter));
            clients.Add(client);
        }

        var publisher = new Client();
        await publisher.ConnectAsync(port, "40/publish,");
        reading.Add(publisher.ReadAsync(counter));
        _ = Task.WhenAny(reading).ContinueWith(lost => Environment.FailFast("A connection was lost.", lost.Result.Exception));

        await SaturateAsync(publisher, counter, WarmUp);
        var (count, cpu) = (counter.Count, server.CpuSeconds);
        var elapsed = await SaturateAsync(publisher, counter, Measured);
        count = counter.Count - count;
        cpu = server.CpuSeconds - cpu;
        Print("deliveries_per_second", count / elapsed);
        Print("deliveries_per_cpu_second", count / cpu);

        var half = count / elapsed / Members / 2;
        await PaceAsync(publisher, counter, half, "half");
        if (otherRate is { } rate) await PaceAsync(publisher, counter, rate, "other");
        Print("half_rate", half);
    }

    private static async Task<double> SaturateAsync(Client publisher, Counter counter, TimeSpan time)
    {
        var begin = Stopwatch.GetTimestamp();
        var before = counter.Count;
        long published = 0;
        while (Stopwatch.GetElapsedTime(begin) < time)
        {
            var free = Window - (published - ((counter.Count - before) / Members));
            if (free < Window / 4)
            {
                await Task.Delay(1);
                continue;
            }

            published += free;
            await publisher.SendAsync([.. Enumerable.Range(0, (int)free).Select(_ => Counter.Event(Padding))]);
        }

        await DrainAsync(counter, before + (published * Members));
        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static async Task PaceAsync(Client publisher, Counter counter, double rate, string name)
    {
        var before = counter.Count;
        long published = 0;
        foreach (var time in (TimeSpan[])[TimeSpan.FromSeconds(1), Measured])
        {
            counter.TakeLatencies();
            var begin = Stopwatch.GetTimestamp();
            long due = 0;
            while (Stopwatch.GetElapsedTime(begin) is var elapsed && elapsed < time)
            {
                var now = (long)(elapsed.TotalSeconds * rate);
                if (now > due) await publisher.SendAsync([.. Enumerable.Range(0, (int)(now - due)).Select(_ => Counter.Event(Padding))]);
                published += now - due;
                due = now;
                await Task.Delay(1);
            }
        }

        var latencies = counter.TakeLatencies();
        Print($"p50_{name}", latencies[latencies.Length / 2]);
        Print($"p99_{name}", latencies[latencies.Length * 99 / 100]);
        await DrainAsync(counter, before + (published * Members));
    }

    // Every delivery is waited for: a server that loses one fails here.
    private static async Task DrainAsync(Counter counter, long expected)
    {
        var begin = Stopwatch.GetTimestamp();
        while (counter.Count < expected)
        {
            if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"{expected - counter.Count} deliveries are missing.");
            await Task.Delay(1);
        }
    }

    private static void Print(string name, double value) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {value:0.00}"));
}
