using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery;
using Gatehouse.Gateway.Delivery.Clients;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>
/// The clients protocol on one connection, which may be a client, a node, or both; see docs/PROTOCOLS.md, "clients". Each
/// message is answered, in order.
/// </summary>
public sealed partial class ClientsProtocol : IResumableProtocol, INamesEvents, IClientListener
{
    private const string ClientToInstance = "client.to.instance";
    private const string NodeToInstance = "node.to.instance";

    /// <summary>What clients may ask for.</summary>
    private static readonly Dictionary<string, Func<ClientsProtocol, ClientsMessage, Task>> ClientActions = new()
    {
        ["register"] = (protocol, message) => protocol.Register(protocol._client, message),
        ["login"] = (protocol, message) => protocol._client.LogIn(ClientToken.Parse(message.Token)),
        ["update"] = (protocol, message) => protocol.Update(protocol._client, message),
        ["processQueue"] = (protocol, message) => ProcessQueue(protocol._client, message),
        ["updateNodeList"] = (protocol, _) => protocol.UpdateNodeList(),
        ["forward"] = (protocol, message) => protocol.ForwardToNode(message),
        ["queue"] = (protocol, message) => protocol.Queue(protocol._client, message),
    };

    /// <summary>What nodes may ask for.</summary>
    private static readonly Dictionary<string, Func<ClientsProtocol, ClientsMessage, Task>> NodeActions = new()
    {
        ["register"] = (protocol, message) => protocol.Register(protocol._node, message),
        ["login"] = (protocol, message) => protocol._node.LogIn(ClientToken.Parse(message.Token)),
        ["update"] = (protocol, message) => protocol.Update(protocol._node, message),
        ["processQueue"] = (protocol, message) => ProcessQueue(protocol._node, message),
        ["forward"] = (protocol, message) => protocol.ForwardToClient(message),
        ["queue"] = (protocol, message) => protocol.Queue(protocol._node, message),
    };

    private readonly IConnection _connection;
    private readonly IGrainFactory _grains;
    private readonly ClientAccounts _accounts;
    private readonly LocalClients _local;
    private readonly Farewells _farewells;
    private readonly ClientsProtocolOptions _options;
    private readonly ILogger _logger;
    private static readonly string[] KnownName = ["instance.to.client"], DocumentName = ["instace.to.client"];
    private static readonly string[] BothNames = [.. KnownName, .. DocumentName];

    /// <summary>One of these, by reference: events for many are spelled once.</summary>
    private readonly string[] _clientEvents;
    private readonly ClientsParty _client;
    private readonly ClientsParty _node;
    private long _nodeLists;
    private volatile bool _closed;

    public ClientsProtocol(
        IConnection connection,
        IGrainFactory grains,
        ClientAccounts accounts,
        GatewayIdentity gateway,
        LocalClients local,
        Farewells farewells,
        IOptions<ClientsProtocolOptions> options,
        ILogger<ClientsProtocol> logger)
    {
        (_connection, _grains, _accounts, _local, _farewells) = (connection, grains, accounts, local, farewells);
        (_options, _logger) = (options.Value, logger);
        _clientEvents = _options.AnswerEvent switch
        {
            AnswerEvent.Known => KnownName,
            AnswerEvent.Document => DocumentName,
            _ => BothNames,
        };
        _client = new(ClientKind.Client, connection, gateway.Id, grains, AnswerClient, logger);
        _node = new(ClientKind.Node, connection, gateway.Id, grains, AnswerNode, logger);
    }

    /// <inheritdoc/>
    public static IEnumerable<string> EventNames => [ClientToInstance, NodeToInstance];

    /// <inheritdoc/>
    public IReadOnlyList<ClientSocket> Sockets => [.. new[] { _client.Socket, _node.Socket }.OfType<ClientSocket>()];

    /// <inheritdoc/>
    public async Task<object?> Receive(string name, JsonElement payload)
    {
        switch (name)
        {
            case ClientToInstance:
                await Receive(_client, ClientActions, payload);
                break;
            case NodeToInstance:
                await Receive(_node, NodeActions, payload);
                break;
            default:
                GatewayMeters.EventReceived("clients", "unknown");
                await _client.Answer(ClientsAnswer.Error(name.Length == 0 ? "message not valid" : "unknown event"));
                break;
        }
        return null;
    }

    /// <inheritdoc/>
    public Task Closed()
    {
        _closed = true;
        return Leave();
    }

    /// <summary>This protocol has a way of its own to get what was missed: to log in again.</summary>
    public Task<IReadOnlyList<ServerEvent>?> Resume(string? offset) => Task.FromResult<IReadOnlyList<ServerEvent>?>(null);

    /// <inheritdoc/>
    public void Told(ClientPush push)
    {
        switch (push.Kind)
        {
            case ClientPushKind.ClientQueueChanged:
                _ = _client.Look();
                break;
            case ClientPushKind.NodeQueueChanged:
                _ = _node.Look();
                break;
            case ClientPushKind.ClientToNode:
                Pass("client.to.node", push);
                break;
            case ClientPushKind.NodeToClient:
                Pass("node.to.client", push);
                break;
        }
    }

    /// <inheritdoc/>
    public void Look()
    {
        _ = _client.Look();
        _ = _node.Look();
    }

    /// <inheritdoc/>
    public void NodesChanged(NodeList nodes)
    {
        if (!_client.IsUsed || !MaySeeNodes) return;
        Interlocked.Increment(ref _nodeLists);
        _connection.Deliver(Spell(nodes));
    }

    private bool MaySeeNodes => _options.Anonymous || _client.IsLoggedIn;

    private async Task Receive(
        ClientsParty party, Dictionary<string, Func<ClientsProtocol, ClientsMessage, Task>> actions, JsonElement payload)
    {
        party.IsUsed = true;
        _local.Add(_connection.VisibleId, this);
        var message = new ClientsMessage(payload);
        var name = message.Action;
        var handle = name is null ? null : actions.GetValueOrDefault(name);
        GatewayMeters.EventReceived("clients", handle is null ? "unknown" : name!);
        try
        {
            if (payload.ValueKind != JsonValueKind.Object) await party.Answer(ClientsAnswer.Error("the message must be a JSON object"));
            else if (string.IsNullOrEmpty(name)) await party.Answer(ClientsAnswer.Error("no action"));
            else if (handle is null) await party.Answer(ClientsAnswer.Error("unknown action"));
            else if (!IsAcceptable(name, message.Parameters)) await party.Answer(ClientsAnswer.Failed(name, "parameters must be a JSON object"));
            else await handle(this, message);
        }
        catch (Exception failure)
        {
            LogFailed(failure, name!);
            GatewayMeters.EventFailed("clients", name!);
            await party.Answer(ClientsAnswer.Refused(name!, ClientRefusal.None));
        }
        // The connection may have gone while its login was on the way.
        if (_closed) await Leave();
    }

    /// <summary>What is passed on may be anything; what is for us is an object, if it is there at all.</summary>
    private static bool IsAcceptable(string action, JsonElement parameters) =>
        action is "forward" or "queue" || parameters.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined;

    private async Task Register(ClientsParty party, ClientsMessage message) =>
        await party.Answer(await _accounts.Register(party.Kind, message.Parameters));

    private async Task Update(ClientsParty party, ClientsMessage message)
    {
        var token = party.TokenOf(message.Token);
        await party.Answer(await _accounts.Update(party.Kind, token, party.AddressFor(token), message.Parameters));
    }

    private static Task ProcessQueue(ClientsParty party, ClientsMessage message) =>
        party.ProcessQueue(party.TokenOf(message.Token), message.QueueId);

    private async Task UpdateNodeList()
    {
        if (!MaySeeNodes)
        {
            await _client.Answer(ClientsAnswer.Refused("updateNodeList", ClientRefusal.Token));
            return;
        }
        long pushed;
        do
        {
            // If a list was pushed meanwhile, this one may be older, and must not be the last that the client sees.
            pushed = Volatile.Read(ref _nodeLists);
            await _connection.Send(Spell(await _local.GetNodes()).Events);
        }
        while (pushed != Volatile.Read(ref _nodeLists));
    }

    private async Task ForwardToNode(ClientsMessage message)
    {
        if (!_options.Anonymous && !_client.IsLoggedIn)
        {
            await _client.Answer(ClientsAnswer.Refused("forward", ClientRefusal.Token));
        }
        else if (await Checked(_client, "forward", message) is { } content)
        {
            await _client.Place();
            var reply = await Forward(message, ClientKind.Node, ClientPushKind.ClientToNode, content);
            await _client.Answer(reply.Sent ? Forwarded : NotOnline);
        }
    }

    private async Task ForwardToClient(ClientsMessage message)
    {
        if (await Sender(_node, "forward", message) is not { } node || await Checked(_node, "forward", message) is not { } content) return;
        var reply = await Forward(message, ClientKind.Client, ClientPushKind.NodeToClient, content);
        if (reply.Sent)
        {
            if (message.QueueId is { } answered) await _node.Process(node, answered);
            await _node.Answer(Forwarded);
            return;
        }
        // The client has gone: the answer waits for it. Whose question it was is known by the row, or by the connection.
        var clientId = (message.QueueId is { } row ? await _grains.Client(node.Id).FindSender(row) : null) ?? reply.ClientId;
        if (clientId is null) await _node.Answer(NotOnline);
        else await Enqueue(_node, "forward", clientId.Value, new QueuePost(node.Id, ClientKind.Node, content.Text, message.QueueId));
    }

    private async Task Queue(ClientsParty party, ClientsMessage message)
    {
        if (await Sender(party, "queue", message) is not { } sender) return;
        if (message.RecipientId is not { } recipient)
        {
            await party.Answer(ClientsAnswer.Failed("queue", "recipient must be an id"));
        }
        else if (await Checked(party, "queue", message) is { } content)
        {
            await Enqueue(party, "queue", recipient, new QueuePost(sender.Id, party.Kind, content.Text, message.QueueId));
        }
    }

    /// <summary>Whom a message comes from; answers itself when that is not proved.</summary>
    private static async Task<ClientToken?> Sender(ClientsParty party, string action, ClientsMessage message)
    {
        var token = party.TokenOf(message.SenderToken);
        var refusal = await party.Check(token);
        if (refusal == ClientRefusal.None) return token;
        await party.Answer(ClientsAnswer.Refused(action, refusal));
        return null;
    }

    private async Task Enqueue(ClientsParty party, string action, int recipient, QueuePost post)
    {
        var reply = await _grains.Client(recipient).Enqueue(post);
        await party.Answer(reply.Refusal == ClientRefusal.None
            ? new ClientsAnswer("queued", new { queue_id = reply.QueueId })
            : ClientsAnswer.Refused(action, reply.Refusal));
    }

    /// <summary>What is to be passed on; answers itself when it cannot be.</summary>
    private static async Task<RawJson?> Checked(ClientsParty party, string action, ClientsMessage message)
    {
        var content = message.Content;
        var fault = message is { HasQueueId: true, QueueId: null } ? "queue_id must be a number"
            : content.IsAtMost(ClientAccounts.MaxDepth) ? null : "content is nested too deep";
        if (fault is null) return content;
        await party.Answer(ClientsAnswer.Failed(action, fault));
        return null;
    }

    private async Task<ForwardReply> Forward(ClientsMessage message, ClientKind kind, ClientPushKind push, RawJson content) =>
        message.RecipientSocket is { } wsId
            ? await _grains.ClientDirectory().Forward(wsId, kind, new ClientPush(push, _connection.VisibleId, content.Text))
            : new ForwardReply(false, null);

    private void Pass(string name, ClientPush push) => _connection.Deliver(new SharedEvents(new ServerEvent(
        name, new { sender = push.SenderWsId, content = new RawJson(push.Content) })));

    private async Task Leave()
    {
        _local.Remove(_connection.VisibleId, this);
        if (!_client.MustLeave && !_node.MustLeave) return;
        var wsId = _connection.VisibleId;
        await _farewells.Say(grains => grains.ClientDirectory().Leave(wsId));
    }

    private SharedEvents Spell(NodeList list) => list.In(_clientEvents, static (names, nodes) =>
    {
        var answer = new ClientsAnswer("updateOnlineNodes", new
        {
            onlineNodes = nodes.Select(node => new { ipfs_hash = node.Hash, node_id = node.NodeId, ws_id = node.WsId }).ToList(),
        });
        return new SharedEvents([.. names.Select(name => new ServerEvent(name, answer))]);
    });

    private Task AnswerClient(ClientsAnswer answer) =>
        _connection.Send([.. _clientEvents.Select(name => new ServerEvent(name, answer))]);

    private Task AnswerNode(ClientsAnswer answer) => _connection.Send([new ServerEvent("instance.to.node", answer)]);

    private static ClientsAnswer Forwarded { get; } = new("forwarded", new object());

    private static ClientsAnswer NotOnline { get; } = ClientsAnswer.Failed("forward", "recipient is not online");

    [LoggerMessage(LogLevel.Warning, "clients: {Action} failed")]
    private partial void LogFailed(Exception failure, string action);
}
