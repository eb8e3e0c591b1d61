using System.Diagnostics;
using System.Net.Sockets;

namespace Gatehouse.Bench;

/// <summary>
/// A gateway is killed, and its clients come back by another one, each after a time that chance gives it: how long that takes, and what those
/// notice of it who were at the other one all the time.
/// </summary>
/// <param name="dialect">How it is said.</param>
/// <param name="port">The gateway that lives.</param>
/// <param name="lostPort">The gateway that dies.</param>
/// <param name="lost">Its process.</param>
/// <param name="window">Within which time all try to come back, as Socket.IO's clients spread themselves.</param>
internal sealed class StormRun(Dialect dialect, int port, int lostPort, Process lost, TimeSpan window)
{
    private const int RoomSize = 100;
    private const double MessagesPerSecond = 100;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(15);

    private readonly List<double> _back = [];
    private int _refused;

    public async Task Run(int count, int others)
    {
        var stayed = new LoadRun(dialect, [port], new ServerProcess());
        await stayed.Fill("live-stayed-", 10, others);
        var joining = new SemaphoreSlim(50);
        var clients = await Task.WhenAll(Enumerable.Range(0, count).Select(async number =>
        {
            await joining.WaitAsync();
            var client = await Join(lostPort, number, "first");
            joining.Release();
            return client;
        }));
        LoadRun.Report("before", await stayed.Pace(MessagesPerSecond, time => time < Before));

        var begin = Stopwatch.GetTimestamp();
        lost.Kill();
        var returning = Task.WhenAll(clients.Select((client, number) => Return(client, number, begin)));
        LoadRun.Report("meanwhile", await stayed.Pace(MessagesPerSecond, _ => !returning.IsCompleted));
        await returning;
        _back.Sort();
        Output.Print("back_p50", _back[_back.Count / 2]);
        Output.Print("back_p99", _back[_back.Count * 99 / 100]);
        Output.Print("back_last", _back[^1]);
        Output.Print("refused", _refused);
        Output.Print("lost", stayed.Lost);
        Output.Print("wrong", Room.Wrong);
    }

    private async Task<Client> Join(int at, int number, string life)
    {
        var client = new Client(dialect, new Room($"live-lost-{number / RoomSize}"));
        await client.Connect(at, $"{life} life {number}");
        return client;
    }

    private async Task Return(Client client, int number, long begin)
    {
        try
        {
            await client.Read();
        }
        catch (Exception ended) when (ended is IOException or SocketException)
        {
            client.Dispose();
        }
        await Task.Delay(Random.Shared.NextDouble() * window);
        _ = (await JoinInTheEnd(number)).Read();
        lock (_back) _back.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }

    private async Task<Client> JoinInTheEnd(int number)
    {
        while (true)
        {
            try
            {
                return await Join(port, number, "second");
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                Interlocked.Increment(ref _refused);
                await Task.Delay(Random.Shared.NextDouble() * window);
            }
        }
    }
}
