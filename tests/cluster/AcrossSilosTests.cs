using Gatehouse.Cluster.Tests.Support;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Npgsql;
using static Gatehouse.GrainInterfaces.Rooms.ModerationKind;

namespace Gatehouse.Cluster.Tests;

/// <summary>The rules hold wherever the grains are that they are made of.</summary>
[Collection(nameof(ThreeSilos))]
public sealed class AcrossSilosTests(ThreeSilos house)
{
    private readonly string _room = RandomId.New();

    [Fact]
    public async Task GrainsAreOnSeveralSilos()
    {
        // Otherwise everything else here would pass for the wrong reason.
        var devices = Enumerable.Range(0, 60).Select(_ => house.NewDevice()).ToList();
        foreach (var device in devices) await device.LogInAsGuest().Succeeds();
        Assert.NotEqual(1, devices.Select(device => house.Host.SiloOf(device.Session)).Distinct().Count());
    }

    [Fact]
    public async Task ARoomHasOneOrderAtEveryGatewayAlsoWhenItMoves()
    {
        const int each = 20;
        var gateways = await house.Gateways();
        var talkers = gateways.Select((gateway, number) => new Talker(house, _room, gateway.Id, $"talker {number}")).ToList();
        foreach (var talker in talkers) await talker.Join();
        var said = await Task.WhenAll(talkers.Select(async talker =>
        {
            var numbers = new List<long>();
            for (var count = 0; count < each; count++) numbers.Add(await talker.Says($"{talker.Member.Name}: {count}"));
            return numbers;
        }));
        var heard = await Task.WhenAll(gateways.Select(gateway => gateway.Hears(3 * each)));
        Assert.All(heard, messages => Assert.Equal(heard[0].Select(GatewayWatch.Shown), messages.Select(GatewayWatch.Shown)));
        Assert.Equal(said.SelectMany(numbers => numbers).Order(), heard[0].Select(message => message.Sequence));

        var (room, before) = (talkers[0].Room, house.Host.SiloOf(talkers[0].Room));
        await house.Host.Move(room);
        foreach (var talker in talkers) await talker.Join();
        Assert.NotEqual(before, house.Host.SiloOf(room));
        var number = await talkers[1].Says("moved");
        Assert.Equal(heard[0][^1].Sequence + 1, number);
        foreach (var gateway in gateways) Assert.Equal(number, Assert.Single(await gateway.Hears(1)).Sequence);
    }

    [Fact]
    public async Task ALogoutEndsTheLoginsSessionsOnEverySiloAndNoOther()
    {
        var gateways = await house.Gateways();
        var (first, person) = await house.NewUser();
        var token = (await first.Revalidate())[0].Token!;
        var others = gateways.Concat(gateways).Select(gateway => house.NewDevice(gateway: gateway.Id)).ToList();
        foreach (var device in others) token = await device.LogIn(token).GivesToken();
        var stranger = house.NewDevice(gateway: gateways[0].Id);
        await stranger.LogIn(person).Succeeds();

        await first.LogOut().Succeeds();
        foreach (var gateway in gateways)
        {
            var woken = others.Where(device => device.Caller.GatewayId == gateway.Id).Select(device => device.SessionId);
            Assert.Equal(woken.Order(), (await gateway.WokenSoFar()).Distinct().Order());
        }
        foreach (var device in others)
        {
            Assert.Equal(SessionEventKind.LoggedOut, Assert.Single(await device.Revalidate(after: 1)).Kind);
            Assert.Equal(LoginState.Undefined, await device.State());
        }
        Assert.Empty(await stranger.Revalidate(after: 1));
        await house.NewDevice().LogIn(token).IsRefused(Refusal.Token);
    }

    [Fact]
    public async Task AnUpgradeIsHeardOfByTheGuestsOtherSessions()
    {
        var gateways = await house.Gateways();
        var guest = await house.NewGuest();
        var token = (await guest.Revalidate())[0].Token!;
        var others = gateways.Select(gateway => house.NewDevice(gateway: gateway.Id)).ToList();
        foreach (var device in others) token = await device.LogIn(token).GivesToken();

        await guest.Upgrade(Person.New()).Succeeds();
        foreach (var (gateway, device) in gateways.Zip(others))
        {
            Assert.Equal(device.SessionId, await gateway.Woken());
            Assert.Equal(LoginState.User, Assert.Single(await device.Revalidate(after: 1)).State);
        }
    }

    [Fact]
    public async Task WhoIsInARoomIsTrueAtEveryGateway()
    {
        var gateways = await house.Gateways();
        var talkers = gateways.Select((gateway, number) => new Talker(house, _room, gateway.Id, $"talker {number}")).ToList();
        foreach (var talker in talkers)
        {
            await talker.Join();
            foreach (var gateway in gateways.TakeWhile(gateway => gateway.Id != talker.Member.GatewayId))
            {
                await gateway.Notices(RoomNoticeKind.MembersChanged);
            }
        }
        Assert.Equal(["talker 0", "talker 1", "talker 2"], await Present(talkers[0]));
        await talkers[2].Leave();
        foreach (var gateway in gateways[..2]) await gateway.Notices(RoomNoticeKind.MembersChanged);
        Assert.Equal(["talker 0", "talker 1"], await Present(talkers[1]));
    }

    [Fact]
    public async Task ABanAtOneGatewayRemovesTheBannedAtTheOthers()
    {
        var gateways = await house.Gateways();
        var root = await Talker.NewAdministrator(house, _room, gateways[0].Id);
        var unruly = gateways[1..].Select(gateway => new Talker(house, _room, gateway.Id, "Ada")).ToList();
        foreach (var talker in unruly.Prepend(root)) await talker.Join();

        Assert.Equal(ModerationOutcome.Done, await root.Does(Ban, unruly[0], reason: "enough"));
        foreach (var gateway in gateways[1..]) Assert.Equal("enough", (await gateway.Notices(RoomNoticeKind.Banned)).Text);
        foreach (var talker in unruly)
        {
            Assert.Equal(PostOutcome.NotMember, (await talker.Post("but")).Outcome);
            Assert.Equal(Refusal.Banned, (await talker.Join()).Refusal);
        }
        await house.Host.Move(root.Room);
        Assert.Equal(Refusal.Banned, (await unruly[0].Join()).Refusal);
    }

    [Fact]
    public async Task WhatComesIntoAMailboxIsPushedToEveryGatewayOfTheRecipient()
    {
        var gateways = await house.Gateways();
        var (node, client) = (await Gadget.Register(house, ClientKind.Node), await Gadget.Register(house, ClientKind.Client));
        var sockets = new List<ClientSocket>();
        foreach (var gateway in gateways)
        {
            sockets.Add((await node.LogIn(gateway)).Socket);
            foreach (var other in gateways) await other.NodesHaveChanged();
        }
        var sent = await client.Send(node, "\"hello\"");
        foreach (var (gateway, socket) in gateways.Zip(sockets)) Assert.Equal(socket.WsId, (await gateway.Pushed()).WsId);
        Assert.Equal([(sent.QueueId, "\"hello\"")], await node.Queue());
        Assert.Empty((await node.Grain.Process(node.Proof, sent.QueueId).InTime()).Rows);
    }

    [Fact]
    public async Task ASiloThatStartsWaitsForNoStatementOfTheOthers()
    {
        // As a login does, for as long as it takes; whoever changes a table waits for it, and everybody else for him.
        await using var open = NpgsqlDataSource.Create(house.Database.ConnectionString);
        await using var connection = await open.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var login = new NpgsqlCommand(
            "UPDATE users SET is_banned = is_banned; DELETE FROM user_sessions WHERE false", connection);
        await login.ExecuteNonQueryAsync();
        await house.Host.ReplaceOne();
        await house.NewGuest();
    }

    [Fact]
    public async Task WhatGoesWrongInTheDatabaseIsToldInOtherProcesses()
    {
        await house.Database.Execute("ALTER TABLE clients RENAME TO clients_elsewhere");
        try
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => Gadget.Register(house, ClientKind.Node));
            Assert.Contains("clients", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            await house.Database.Execute("ALTER TABLE clients_elsewhere RENAME TO clients");
        }
    }

    private async Task<List<string>> Present(Talker talker) =>
        [.. (await talker.Room.GetMembers().InTime()).Listed.Select(member => member.Name)];
}
