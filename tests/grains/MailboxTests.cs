using System.Collections.Immutable;
using System.Reflection;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.Grains.Clients;
using Gatehouse.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Gatehouse.Grains.Tests;

/// <summary>What waits for a client or node: in order, until it is acknowledged, and not without end.</summary>
public sealed class MailboxTests(MailboxTests.SmallMailboxes house) : IClassFixture<MailboxTests.SmallMailboxes>
{
    [Fact]
    public async Task RowsWaitInTheirOrderUntilTheyAreAcknowledged()
    {
        var (client, node) = await Pair();
        for (var number = 0; number < 8; number++) await Stored(client.Send(node, $"{number}"));
        var rows = await node.Queue();
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7"], rows.Select(row => row.Content));
        Assert.Equal(rows.Order(), rows);

        var left = await node.Grain.Process(node.Proof, rows[3].QueueId).InTime();
        Assert.Equal(["0", "1", "2", "4", "5", "6", "7"], left.Rows.Select(row => row.Content));
        await house.Restart();
        Assert.Equal(left.Rows.Select(row => (row.QueueId, row.Content)), await node.Queue());
    }

    [Fact]
    public async Task ManySendersGetOneOrder()
    {
        var node = await Gadget.Register(house, ClientKind.Node);
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Gadget.Register(house, ClientKind.Client)));
        // A sender that does not wait for its answer has no order: calls that are under way together may overtake each other.
        var sent = await Task.WhenAll(clients.Select(async client => new[]
        {
            await Stored(client.Send(node, "1")),
            await Stored(client.Send(node, "2")),
        }));
        Assert.Equal(sent.SelectMany(ids => ids).Order(), (await node.Queue()).Select(row => row.QueueId));
        foreach (var client in clients)
        {
            Assert.Equal(
                ["1", "2"], (await node.Grain.GetQueue(0)).Rows.Where(row => row.Sender == client.Id).Select(row => row.Content));
        }
    }

    [Fact]
    public async Task AcknowledgingTwiceOrWhatIsSomebodyElsesChangesNothing()
    {
        var (client, node) = await Pair();
        var other = await Gadget.Register(house, ClientKind.Node);
        var (first, second) = (await Stored(client.Send(node, "1")), await Stored(client.Send(node, "2")));
        foreach (var _ in Enumerable.Range(0, 2))
        {
            Assert.Equal([second], (await node.Grain.Process(node.Proof, first).InTime()).Rows.Select(row => row.QueueId));
            Assert.Empty((await other.Grain.Process(other.Proof, second).InTime()).Rows);
        }
        Assert.Equal([(second, "2")], await node.Queue());
    }

    [Fact]
    public async Task AMailboxHoldsSoManyRows()
    {
        var (client, node) = await Pair();
        for (var number = 0; number < SmallMailboxes.Rows; number++) await Stored(client.Send(node, "1"));
        Assert.Equal(ClientRefusal.Full, (await client.Send(node, "1")).Refusal);
        await node.Grain.Process(node.Proof, (await node.Queue())[0].QueueId).InTime();
        await Stored(client.Send(node, "1"));
        Assert.Equal(ClientRefusal.Full, (await client.Send(node, "1")).Refusal);
    }

    [Fact]
    public async Task AMailboxHoldsSoManyBytes()
    {
        var (client, node) = await Pair();
        var content = $"\"{new string('x', 398)}\"";
        await Stored(client.Send(node, content));
        await Stored(client.Send(node, content));
        Assert.Equal(ClientRefusal.Full, (await client.Send(node, content)).Refusal);
        await Stored(client.Send(node, $"\"{new string('x', 198)}\""));
        Assert.Equal(ClientRefusal.Full, (await client.Send(node, "1")).Refusal);
    }

    [Fact]
    public async Task ARowHoldsSoManyBytes()
    {
        var (client, node) = await Pair();
        Assert.Equal(ClientRefusal.Content, (await client.Send(node, $"\"{new string('x', 399)}\"")).Refusal);
        Assert.Equal(ClientRefusal.Content, (await client.Send(node, $"\"{new string('ü', 200)}\"")).Refusal);
        await Stored(client.Send(node, $"\"{new string('ü', 199)}\""));
    }

    [Fact]
    public async Task ARecipientWhoDoesNotExistOrIsOfTheSendersKindIsRefused()
    {
        var (client, node) = await Pair();
        var (otherClient, otherNode) = await Pair();
        Assert.Equal(ClientRefusal.Recipient, (await client.Send(otherClient, "1")).Refusal);
        Assert.Equal(ClientRefusal.Recipient, (await node.Send(otherNode, "1")).Refusal);
        var nobody = await house.Grains.Client(int.MaxValue).Enqueue(new QueuePost(client.Id, ClientKind.Client, "1")).InTime();
        Assert.Equal(ClientRefusal.Recipient, nobody.Refusal);
    }

    [Fact]
    public async Task AnAnswerTakesThePlaceOfWhatItAnswers()
    {
        var (client, node) = await Pair();
        var question = await Stored(client.Send(node, "\"question\""));
        Assert.Equal(client.Id, await node.Grain.FindSender(question));
        Assert.Null(await client.Grain.FindSender(question));

        await Stored(node.Send(client, "\"answer\"", answered: question));
        Assert.Empty(await node.Queue());
        // The node has not seen the reply, and answers again.
        Assert.Equal(ClientRefusal.Row, (await node.Send(client, "\"answer\"", answered: question)).Refusal);
        Assert.Equal(["\"answer\""], (await client.Queue()).Select(row => row.Content));
    }

    [Fact]
    public async Task WhatIsAskedForAgainByItsRequestIsStoredOnceAlsoWhenItHasBeenAcknowledged()
    {
        var (client, node) = await Pair();
        var first = await Stored(client.Send(node, "1", request: "a"));
        await house.Restart();
        Assert.Equal(first, await Stored(client.Send(node, "1", request: "a")));
        Assert.Equal([(first, "1")], await node.Queue());

        await Stored(node.Send(client, "2", answered: first, request: "a"));
        await Stored(node.Send(client, "2", answered: first, request: "a"));
        Assert.Equal(first, await Stored(client.Send(node, "1", request: "a")));
        Assert.Empty(await node.Queue());
        Assert.Equal(["2"], (await client.Queue()).Select(row => row.Content));
    }

    [Fact]
    public async Task ARequestThatIsOvertakenByItselfOnADyingSiloIsStoredOnce()
    {
        var (client, node) = await Pair();
        var first = await house.Database.CommitWhenSomebodyWaits(
            $"""
            SELECT FROM clients WHERE id = {node.Id} FOR UPDATE;
            INSERT INTO client_requests (recipient, sender, request, queue_id, created_at) VALUES ({node.Id}, {client.Id}, 'a', 4711, now())
            """);
        Assert.Equal(4711, await Stored(client.Send(node, "1", request: "a")));
        await first;
        Assert.Empty(await node.Queue());
    }

    [Fact]
    public async Task ARequestIsKnownOfItsSenderForItsRecipientAndForAnHour()
    {
        var (client, node) = await Pair();
        var (other, elsewhere) = await Pair();
        await Stored(client.Send(node, "1", request: "a"));
        await Stored(other.Send(node, "2", request: "a"));
        await Stored(client.Send(elsewhere, "3", request: "a"));
        house.Time.Advance(TimeSpan.FromMinutes(59));
        await house.Sweep();
        await Stored(client.Send(node, "4", request: "a"));
        house.Time.Advance(TimeSpan.FromMinutes(2));
        await house.Sweep();
        await Stored(client.Send(node, "5", request: "a"));
        Assert.Equal(["1", "2", "5"], (await node.Queue()).Select(row => row.Content));
        Assert.Equal(["3"], (await elsewhere.Queue()).Select(row => row.Content));
    }

    [Fact]
    public async Task WhatIsAskedForAgainIsStoredThoughTheMailboxIsFull()
    {
        var (client, node) = await Pair();
        for (var number = 1; number < SmallMailboxes.Rows; number++) await Stored(client.Send(node, "1"));
        var last = await Stored(client.Send(node, "1", request: "last"));
        Assert.Equal(last, await Stored(client.Send(node, "1", request: "last")));
        Assert.Equal(ClientRefusal.Full, (await client.Send(node, "1", request: "one more")).Refusal);
    }

    [Fact]
    public async Task AnAnswerForWhichThereIsNoRoomLeavesWhatItAnswers()
    {
        var (client, node) = await Pair();
        for (var number = 0; number < SmallMailboxes.Rows; number++) await Stored(node.Send(client, "1"));
        var question = await Stored(client.Send(node, "1"));
        Assert.Equal(ClientRefusal.Full, (await node.Send(client, "1", answered: question)).Refusal);
        Assert.Equal([(question, "1")], await node.Queue());
    }

    [Fact]
    public async Task EveryConnectionOfTheRecipientIsWoken()
    {
        var (client, node) = await Pair();
        var (here, there) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var (first, login) = await node.LogIn(here);
        var (second, _) = await node.LogIn(there);
        Assert.Empty(login.Queue);
        var row = await Stored(client.Send(node, "1"));
        var push = new ClientPush(ClientPushKind.NodeQueueChanged);
        Assert.Equal((first.WsId, push), await here.Pushed());
        Assert.Equal((second.WsId, push), await there.Pushed());
        Assert.Equal([row], (await node.Grain.GetQueue(row - 1).InTime()).Rows.Select(found => found.QueueId));
        Assert.Empty((await node.Grain.GetQueue(row).InTime()).Rows);
    }

    [Fact]
    public async Task ARowTellsWhereItsSenderIsAsLongAsItIsThere()
    {
        var (client, node) = await Pair();
        var gateway = await GatewayWatch.Start(house);
        var (socket, _) = await client.LogIn(gateway);
        await Stored(client.Send(node, "1"));
        Assert.Equal(socket.WsId, Assert.Single((await node.LogIn(gateway)).Login.Queue).SenderWsId);
        await house.Grains.ClientDirectory().Leave(socket.WsId).InTime();
        Assert.Null(Assert.Single((await node.Grain.GetQueue(0)).Rows).SenderWsId);
    }

    [Fact]
    public async Task AStoredRowIsAcknowledgedEvenWhenNobodyCanBeWoken()
    {
        var (client, node) = await Pair();
        await node.LogIn(await GatewayWatch.Start(house));
        await house.Database.Execute("ALTER TABLE client_sockets RENAME TO away");
        try
        {
            await Stored(client.Send(node, "1"));
        }
        finally
        {
            await house.Database.Execute("ALTER TABLE away RENAME TO client_sockets");
        }
        Assert.Single(await node.Queue());
    }

    [Fact]
    public async Task AMailboxOfMoreThanAPageWakesItsConnectionsForEachRowThatGoes()
    {
        var house = new LargeMailboxes();
        await using var open = house;
        await house.InitializeAsync();
        var (client, node) = (await Gadget.Register(house, ClientKind.Client), await Gadget.Register(house, ClientKind.Node));
        var content = $"\"{new string('x', 300_000)}\"";
        var rows = new List<long>();
        for (var number = 0; number < 6; number++) rows.Add(await Stored(client.Send(node, content)));
        var gateway = await GatewayWatch.Start(house);
        var (socket, login) = await node.LogIn(gateway);
        Assert.Equal((4, true), (login.Queue.Length, login.HasMore));
        Assert.Equal((0, true), await Unseen(rows[3]));
        Assert.Empty(await Behind(rows[3]));

        // By its own acknowledgement, and by an answer.
        Assert.True((await node.Grain.Process(node.Proof, rows[0]).InTime()).HasMore);
        await Woken();
        Assert.Equal((1, true), await Unseen(rows[3]));
        Assert.Single(await Behind(rows[3]));
        await Stored(node.Send(client, "1", answered: rows[2]));
        await Woken();
        Assert.Equal((2, false), await Unseen(rows[3]));
        Assert.Equal((0, false), await Unseen(rows[5]));

        async Task Woken() => Assert.Equal((socket.WsId, new ClientPush(ClientPushKind.NodeQueueChanged)), await gateway.Pushed());

        Task<ImmutableArray<MailboxPosition>> Behind(long after) =>
            house.Grains.ClientDirectory().FindBehind([new MailboxPosition(node.Id, after)]).InTime();

        async Task<(int Rows, bool HasMore)> Unseen(long after)
        {
            var page = await node.Grain.GetQueue(after).InTime();
            return (page.Rows.Length, page.HasMore);
        }
    }

    private async Task<(Gadget Client, Gadget Node)> Pair() =>
        (await Gadget.Register(house, ClientKind.Client), await Gadget.Register(house, ClientKind.Node));

    [Fact]
    public async Task NobodyWaitsForAGatewayWhoseGrainDoesNotAnswer()
    {
        var (gateway, (_, node)) = (await GatewayWatch.Start(house), await Pair());
        await node.LogIn(gateway);
        var pushing = ActivatorUtilities.CreateInstance<ClientPushing>(house.Host.Services, DispatchProxy.Create<IGrainFactory, Silence>());
        await pushing.QueueChanged(node.Id, ClientKind.Node).InTime();
        await pushing.NodesChanged().InTime();
    }

    [Fact]
    public async Task WhatAConnectionHasMissedIsFoundByHowFarItHasCome()
    {
        var ((client, node), (_, other)) = (await Pair(), await Pair());
        var (first, second) = (await Stored(client.Send(node, "1")), await Stored(client.Send(node, "2")));
        MailboxPosition behind = new(node.Id, first), without = new(other.Id, 0);
        var found = await house.Grains.ClientDirectory().FindBehind([new(node.Id, second), without, behind]).InTime();
        Assert.Equal(behind, Assert.Single(found));
    }

    [Fact]
    public async Task WhoeverHasSeenARowHasMissedNoneBeforeIt()
    {
        var (client, node) = await Pair();
        await using var elsewhere = new NpgsqlConnection(house.Database.ConnectionString);
        await elsewhere.OpenAsync();
        // As a silo does that is taken for dead and still writes.
        await Write($"BEGIN; SELECT 1 FROM clients WHERE id = {node.Id} FOR NO KEY UPDATE");
        var sending = client.Send(node, "\"after\"");
        await house.Waiting(1);
        await Write($"""
            INSERT INTO client_queue (recipient, sender, content, size, created_at)
            VALUES ({node.Id}, {client.Id}, '"before"', 8, now());
            COMMIT
            """);
        await Stored(sending);
        Assert.Equal(["\"before\"", "\"after\""], (await node.Queue()).Select(row => row.Content));

        async Task Write(string sql)
        {
            await using var command = new NpgsqlCommand(sql, elsewhere);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<long> Stored(Task<QueueReply> sending)
    {
        var reply = await sending;
        Assert.Equal(ClientRefusal.None, reply.Refusal);
        return reply.QueueId;
    }

    public sealed class SmallMailboxes : House
    {
        public const int Rows = 10;

        protected override Dictionary<string, string?> Settings => new()
        {
            ["Gatehouse:Clients:MailboxLimit"] = $"{Rows}",
            ["Gatehouse:Clients:MailboxSize"] = "1000",
            ["Gatehouse:Clients:ContentLimit"] = "400",
        };
    }

    /// <summary>Grains that never answer.</summary>
    public class Silence : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => method!.ReturnType switch
        {
            var grain when grain == typeof(IGatewayGrain) => Create<IGatewayGrain, Silence>(),
            var answer when answer == typeof(Task<bool>) => new TaskCompletionSource<bool>().Task,
            _ => new TaskCompletionSource().Task,
        };
    }

    private sealed class LargeMailboxes : House
    {
        protected override Dictionary<string, string?> Settings => new() { ["Gatehouse:Clients:ContentLimit"] = "1000000" };
    }
}
