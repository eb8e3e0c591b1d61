using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Tests;

/// <summary>The list of the nodes that are online, as a client gets it.</summary>
public sealed class NodeListTests
{
    private readonly FakeConnection _connection = new();
    private readonly ClientsProtocol _protocol;

    public NodeListTests()
    {
        var grains = FakeGrains.Of(new FakeSession(), out _);
        _protocol = new ClientsProtocol(
            _connection,
            grains,
            new DeviceAccounts(grains),
            new GatewayIdentity(),
            new LocalDevices(grains, NullLogger<LocalDevices>.Instance),
            new PendingDetaches(grains, NullLogger<PendingDetaches>.Instance),
            Options.Create(new ClientsProtocolOptions { AnswerEvent = AnswerEvent.Known }),
            NullLogger<ClientsProtocol>.Instance);
    }

    [Fact]
    public async Task ClientThatTakesNothingGetsTheNewestListWhenItDoes()
    {
        await SayAnything();
        var taken = new TaskCompletionSource<bool>();
        _connection.WhenTaken = taken.Task;
        for (var nodes = 1; nodes <= 3; nodes++) _protocol.OnNodesChanged(List(nodes));
        Assert.Empty(_connection.Sent());
        taken.SetResult(true);
        var sent = Assert.Single(_connection.Sent());
        Assert.Equal(3, sent.Split("node_id").Length - 1);
        _protocol.OnNodesChanged(List(1));
        Assert.Single(_connection.Sent());
    }

    [Fact]
    public async Task ListThatIsNotWholeSaysSo()
    {
        await SayAnything();
        _protocol.OnNodesChanged(List(1));
        _protocol.OnNodesChanged(List(1, hasMore: true));
        Assert.Equal([false, true], _connection.Sent().Select(sent => sent.Contains("\"more\":true", StringComparison.Ordinal)));
    }

    private async Task SayAnything()
    {
        await _protocol.Receive("client.to.instance", JsonElement.Parse("""{"action":"anything"}""")).InTime();
        _connection.Sent();
    }

    private static NodeList List(int nodes, bool hasMore = false) =>
        new(new([.. Enumerable.Range(1, nodes).Select(id => new OnlineNode("Qm", id, $"w{id}"))], hasMore));
}
