using System.Text.Json;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Clients and nodes: who they are, and where.</summary>
public sealed class ClientTests(House house) : IClassFixture<House>
{
    private const int InformationLimit = 16_384;

    private IClientDirectoryGrain Directory => house.Grains.ClientDirectory();

    [Fact]
    public async Task ClientsAndNodesEachGetAnIdOfTheirOwn()
    {
        var gadgets = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(number => Gadget.Register(house, number % 2 == 0 ? ClientKind.Client : ClientKind.Node)));
        Assert.Distinct(gadgets.Select(gadget => gadget.Id));
        Assert.Distinct(gadgets.Select(gadget => gadget.Proof.Secret.Value));
    }

    [Fact]
    public async Task TheSecretIsStoredNowhere()
    {
        var client = await Gadget.Register(house, ClientKind.Client);
        var row = await house.Database.Value<string>("SELECT to_jsonb(c)::text FROM clients c WHERE id = $1", client.Id);
        Assert.DoesNotContain(client.Proof.Secret.Value, row);
    }

    [Fact]
    public async Task InformationComesBackAsItWasSent()
    {
        const string information = """{ "name":"Ada's  \u0000 phone", "b":1.0, "b":2, "ü":[] }""";
        var client = await Gadget.Register(house, ClientKind.Client, information);
        var gateway = await GatewayWatch.Start(house);
        await house.Restart();
        Assert.Equal(information, (await client.LogIn(gateway)).Login.Information);
    }

    [Fact]
    public async Task InformationHasALimitInBytes()
    {
        Assert.Equal(ClientRefusal.None, (await Directory.Register(ClientKind.Client, Filled('x', InformationLimit), null)).Refusal);
        Assert.Equal(ClientRefusal.Information, (await Directory.Register(ClientKind.Client, Filled('x', InformationLimit + 1), null)).Refusal);
        Assert.Equal(ClientRefusal.Information, (await Directory.Register(ClientKind.Client, Filled('ü', InformationLimit), null)).Refusal);
        var client = await Gadget.Register(house, ClientKind.Client);
        Assert.Equal(ClientRefusal.Information, await client.Grain.Update(client.Proof, Filled('x', 1 << 20), null));

        static string Filled(char letter, int length) => $"{{\"a\":\"{new string(letter, length - 8)}\"}}";
    }

    [Theory]
    [InlineData(ClientKind.Node, null)]
    [InlineData(ClientKind.Node, "")]
    [InlineData(ClientKind.Node, "Q\u0000m")]
    [InlineData(ClientKind.Node, "257")]
    [InlineData(ClientKind.Client, "Qm1")]
    public async Task NodesHaveAHashAndClientsHaveNone(ClientKind kind, string? hash)
    {
        if (hash == "257") hash = new string('Q', 257);
        Assert.Equal(ClientRefusal.Hash, (await Directory.Register(kind, "{}", hash)).Refusal);
    }

    [Fact]
    public async Task AProofIsTheRightSecretOfTheRightKind()
    {
        var (client, node) = (await Gadget.Register(house, ClientKind.Client), await Gadget.Register(house, ClientKind.Node));
        Assert.Equal(ClientRefusal.None, await client.Grain.Check(client.Proof));
        Assert.Equal(ClientRefusal.Token, await client.Grain.Check(node.Proof));
        Assert.Equal(ClientRefusal.Token, await client.Grain.Check(client.Proof with { Secret = new Secret("") }));
        Assert.Equal(ClientRefusal.Token, await client.Grain.Check(client.Proof with { Kind = ClientKind.Node }));
        Assert.Equal(ClientRefusal.Token, await house.Grains.Client(int.MaxValue).Check(client.Proof));
        Assert.Equal(ClientRefusal.Token, (await client.Grain.LogIn(node.Proof, new ClientSocket("w", ClientKind.Client, "g"))).Refusal);
        Assert.Equal(ClientRefusal.Token, await client.Grain.Update(node.Proof, "{}", null));
        Assert.Equal(ClientRefusal.Token, (await client.Grain.Process(node.Proof, 1)).Refusal);
    }

    [Fact]
    public async Task AnAddressThatGuessesIsShutOutExceptForConnectionsThatHaveLoggedIn()
    {
        var client = await Gadget.Register(house, ClientKind.Client);
        var wrong = client.Proof with { Secret = new Secret(RandomId.NewSecret()) };
        for (var guess = 0; guess < 100; guess++) Assert.Equal(ClientRefusal.Token, await client.Grain.Check(wrong));
        Assert.Equal(ClientRefusal.Withheld, await client.Grain.Check(client.Proof));
        Assert.Equal(ClientRefusal.None, await client.Grain.Check(client.Proof with { Address = null }));
        Assert.Equal(ClientRefusal.None, await client.Grain.Check(client.Proof with { Address = "elsewhere" }));
    }

    [Fact]
    public async Task GuessesAtOnceCannotOutrunTheLockOfTheirAddress()
    {
        var proof = (await Gadget.Register(house, ClientKind.Client)).Proof with { Address = "who guesses at once" };
        var answers = await Task.WhenAll(Enumerable.Range(1_000_000, 300).Select(id => house.Grains.Client(id).Check(proof)));
        Assert.Equal(100, answers.Count(answer => answer == ClientRefusal.Token));
        Assert.Equal(200, answers.Count(answer => answer == ClientRefusal.Withheld));
    }

    [Fact]
    public async Task AnUpdateReplacesWhatItNames()
    {
        var (node, gateway) = (await Gadget.Register(house, ClientKind.Node), await GatewayWatch.Start(house));
        Assert.Equal(ClientRefusal.None, await node.Grain.Update(node.Proof, """{"a":1}""", null));
        Assert.Equal(ClientRefusal.None, await node.Grain.Update(node.Proof, null, "Qm2"));
        Assert.Equal(ClientRefusal.Hash, await node.Grain.Update(node.Proof, null, ""));
        await house.Restart();
        var login = (await node.LogIn(gateway)).Login;
        Assert.Equal(("""{"a":1}""", "Qm2"), (login.Information, login.Hash));
    }

    [Fact]
    public async Task ANodeIsListedOnceForEachConnectionUntilThatLeaves()
    {
        var (node, gateway) = (await Gadget.Register(house, ClientKind.Node), await GatewayWatch.Start(house));
        var (first, _) = await node.LogIn(gateway);
        var (second, _) = await node.LogIn(gateway);
        Assert.Equal([first.WsId, second.WsId], await OnlineAs(node));
        await Directory.Leave(first.WsId).InTime();
        await Directory.Leave(first.WsId).InTime();
        Assert.Equal([second.WsId], await OnlineAs(node));
    }

    [Fact]
    public async Task TheListOfNodesEndsWhereItWouldBeTooLong()
    {
        await using var host = await house.StartAnother(new() { ["Gatehouse:Clients:NodeListSize"] = "1024" });
        var gateway = await GatewayWatch.Start(house);
        var first = new List<string>();
        for (var number = 0; number < 10; number++)
        {
            var node = await Gadget.Register(house, ClientKind.Node);
            Assert.Equal(ClientRefusal.None, await node.Grain.Update(node.Proof, null, new string('"', 100)));
            first.Add((await node.LogIn(gateway)).Socket.WsId);
        }
        var (all, some) = (await Directory.GetOnlineNodes(), await host.Grains.ClientDirectory().GetOnlineNodes());
        Assert.False(all.HasMore);
        Assert.True(some.HasMore);
        Assert.Equal(all.Nodes.Take(some.Nodes.Length), some.Nodes);
        var json = JsonSerializer.Serialize(some.Nodes.Select(node => new { ipfs_hash = node.Hash, node_id = node.NodeId, ws_id = node.WsId }));
        Assert.InRange(json.Length, 1, 1024);
        foreach (var wsId in first) await Directory.Leave(wsId).InTime();
    }

    [Fact]
    public async Task GatewaysAreWokenWhenNodesComeChangeAndGo()
    {
        var (node, gateway) = (await Gadget.Register(house, ClientKind.Node), await GatewayWatch.Start(house));
        var (socket, _) = await node.LogIn(gateway);
        await gateway.NodesHaveChanged();
        await node.Grain.Update(node.Proof, null, "Qm2").InTime();
        await gateway.NodesHaveChanged();
        Assert.Contains(new OnlineNode("Qm2", node.Id, socket.WsId), (await Directory.GetOnlineNodes()).Nodes);
        await Directory.Leave(socket.WsId).InTime();
        await gateway.NodesHaveChanged();
    }

    [Fact]
    public async Task AConnectionThatLogsInAsAnotherNodeIsTheFirstOneNoMore()
    {
        var (first, second) = (await Gadget.Register(house, ClientKind.Node), await Gadget.Register(house, ClientKind.Node));
        var gateway = await GatewayWatch.Start(house);
        var (socket, _) = await first.LogIn(gateway);
        await second.Grain.LogIn(second.Proof, socket).InTime();
        Assert.Empty(await OnlineAs(first));
        Assert.Equal([socket.WsId], await OnlineAs(second));
    }

    [Fact]
    public async Task AMessageIsHandedToTheConnectionThatItIsFor()
    {
        var (node, gateway) = (await Gadget.Register(house, ClientKind.Node), await GatewayWatch.Start(house));
        var (socket, _) = await node.LogIn(gateway);
        for (var number = 0; number < 20; number++)
        {
            var reply = await Forward(socket.WsId, ClientKind.Node, $"{number}");
            Assert.Equal((true, (int?)node.Id), (reply.Sent, reply.ClientId));
        }
        Assert.Equal(
            Enumerable.Range(0, 20).Select(number => (socket.WsId, $"{number}")),
            (await gateway.PushedSoFar()).Select(told => (told.WsId, told.Push.Content)));
    }

    [Fact]
    public async Task AConnectionOfTheOtherKindIsHandedNothing()
    {
        var (node, gateway) = (await Gadget.Register(house, ClientKind.Node), await GatewayWatch.Start(house));
        var (socket, _) = await node.LogIn(gateway);
        Assert.Equal(new ForwardReply(false, null), await Forward(socket.WsId, ClientKind.Client));
        Assert.Empty(await gateway.PushedSoFar());
    }

    [Fact]
    public async Task TheClientOfAConnectionIsKnownForAnHourAfterItLeft()
    {
        var (client, gateway) = (await Gadget.Register(house, ClientKind.Client), await GatewayWatch.Start(house));
        var (socket, _) = await client.LogIn(gateway);
        await Directory.Leave(socket.WsId).InTime();
        Assert.Equal(new ForwardReply(false, client.Id), await Forward(socket.WsId, ClientKind.Client));
        await gateway.LiveFor(TimeSpan.FromMinutes(61));
        await house.Sweep();
        Assert.Equal(new ForwardReply(false, null), await Forward(socket.WsId, ClientKind.Client));
    }

    [Fact]
    public async Task ClientsThatHaveNotLoggedInCanBeAnswered()
    {
        var gateway = await GatewayWatch.Start(house);
        var stranger = new ClientSocket(RandomId.New(), ClientKind.Client, gateway.Id);
        await Directory.ReportLocations([stranger]).InTime();
        Assert.Equal(new ForwardReply(true, null), await Forward(stranger.WsId, ClientKind.Client));
        Assert.Equal(stranger.WsId, (await gateway.Pushed()).WsId);
    }

    [Fact]
    public async Task TheNodesOfAGatewayThatDiedAreOffline()
    {
        var (dead, living) = (await GatewayWatch.Start(house), await GatewayWatch.Start(house));
        var node = await Gadget.Register(house, ClientKind.Node);
        var (socket, _) = await node.LogIn(dead);
        await living.NodesHaveChanged();
        await living.LiveFor(TimeSpan.FromSeconds(45));
        Assert.Empty(await OnlineAs(node));
        Assert.False((await Forward(socket.WsId, ClientKind.Node)).Sent);

        await house.Sweep();
        await living.NodesHaveChanged();
    }

    [Fact]
    public async Task TheNodesOfAGatewayThatWasOnlySilentComeBackWithIt()
    {
        var gateway = await GatewayWatch.Start(house);
        var node = await Gadget.Register(house, ClientKind.Node);
        var (socket, _) = await node.LogIn(gateway);
        house.Time.Advance(TimeSpan.FromMinutes(5));
        await house.Sweep();
        Assert.Empty(await OnlineAs(node));

        Assert.False((await gateway.Renew()).Unbroken);
        await Directory.ReportLocations([socket with { ClientId = node.Id }]).InTime();
        Assert.Equal([socket.WsId], await OnlineAs(node));
    }

    private Task<ForwardReply> Forward(string wsId, ClientKind kind, string content = "1") =>
        Directory.Forward(wsId, kind, new ClientPush(ClientPushKind.ClientToNode, "sender", content)).InTime();

    private async Task<List<string>> OnlineAs(Gadget node) =>
        [.. (await Directory.GetOnlineNodes()).Nodes.Where(online => online.NodeId == node.Id).Select(online => online.WsId)];
}
