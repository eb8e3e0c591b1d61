using System.Text;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Engine;

/// <summary>What clients can make the server hold by sending what is not handled yet.</summary>
public sealed class ReceiveBudgetTests
{
    private const int Limit = 400_000;

    /// <summary>What a hoarder's message takes.</summary>
    private const int HoarderSize = 128 * 1024;

    [Fact]
    public async Task ClientsThatHoldTheMostAreReadNoFurtherAndOthersGoOn()
    {
        await using var server = await TestServer.Start(Bounds);
        await using var bystander = await WebSocketClient.Connect(server, "/plain");
        using var hoarders = await Hoard(server, count: 40);

        await bystander.Send("hello");
        await bystander.Expect("hello");
        Assert.InRange(server.Engine.Budget.Held, Limit, 3 * Limit); // of the 3,200,000 bytes that were sent
    }

    [Fact]
    public async Task WhoHoldsTheMostForTooLongIsClosed()
    {
        await using var server = await TestServer.Start(Bounds);
        await using var bystander = await WebSocketClient.Connect(server, "/plain");
        using var hoarders = await Hoard(server, count: 8);

        await Pass(server, () => server.Engine.Budget.Excess <= 0);
        Assert.Equal(DisconnectReason.Overload, await server.EngineClosed.Next());
        await bystander.Send("hello");
        await bystander.Expect("hello");
    }

    [Fact]
    public async Task TheOneThatIsClosedHearsWhy()
    {
        await using var server = await TestServer.Start(Bounds);
        using var hoarders = await Hoard(server, count: 4);
        server.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(DisconnectReason.Overload, await server.EngineClosed.Next());
        server.Engine.Stop(); // the others hear nothing of it
        Assert.Equal([1012, 1012, 1012, 1013], (await Task.WhenAll(hoarders.Select(hoarder => hoarder.Closed()))).Order());
    }

    [Fact]
    public async Task ALargeMessageComesThroughAsSoonAsThereIsRoom()
    {
        await using var server = await TestServer.Start(Bounds);
        using var hoarders = await Hoard(server, count: 6);
        await TestServer.Until(() => server.Engine.Budget.Held == 6 * HoarderSize);
        await using var client = await WebSocketClient.Connect(server, "/plain");
        var message = new string('x', 90_000);
        await client.Send(message);
        await TestServer.Until(() => server.Engine.Budget.Held > 2 * Limit);
        server.Time.Advance(TimeSpan.FromSeconds(11));
        hoarders.Dispose(); // as if they had read that they are closed
        await client.Expect(message);
    }

    [Fact]
    public async Task ThePostsOfPollingClientsCountToo()
    {
        await using var server = await TestServer.Start(Bounds);
        using var posts = new Hoarders();
        for (var i = 0; i < 4; i++)
        {
            var session = await PollingClient.Open(server, 4);
            var raw = await RawSocket.Connect(server);
            await raw.Send(Encoding.ASCII.GetBytes(
                $"POST {session.Query} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n4{new string('x', 80_000)}"));
            posts.Add(raw);
        }

        await TestServer.Until(() => server.Engine.Budget.Excess > 0);
        await Pass(server, () => server.Engine.Budget.Excess <= 0);
        Assert.Equal(DisconnectReason.Overload, await server.EngineClosed.Next());
    }

    private static void Bounds(SocketIoOptions options)
    {
        (options.MaxPayload, options.MaxReceivedBytes) = (100_000, Limit);
        options.PingInterval = TimeSpan.FromDays(1);
    }

    /// <summary>Lets time pass until something is so.</summary>
    private static Task Pass(TestServer server, Func<bool> condition) => TestServer.Until(() =>
    {
        server.Time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });

    /// <summary>Clients that send the beginning of a message, and no end.</summary>
    private static async Task<Hoarders> Hoard(TestServer server, int count)
    {
        var hoarders = new Hoarders();
        for (var i = 0; i < count; i++)
        {
            var raw = await RawSocket.Open(server, "/plain");
            await raw.Send(RawSocket.Frame(1, new byte[90_000])[..80_000]);
            hoarders.Add(raw);
        }

        await TestServer.Until(() => server.Engine.Budget.Excess > 0);
        return hoarders;
    }

    private sealed class Hoarders : List<RawSocket>, IDisposable
    {
        public void Dispose() => ForEach(hoarder => hoarder.Dispose());
    }
}
