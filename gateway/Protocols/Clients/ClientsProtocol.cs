using System.Text.Json;
using Gatehouse.Gateway.Concurrency;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.Gateway.Delivery.Sessions;
using Gatehouse.Gateway.Limits;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>
/// The clients protocol on one connection, which may be a client, a node, or both; see docs/PROTOCOLS.md, "clients". Each
/// message is answered, in order.
/// </summary>
public sealed class ClientsProtocol : EventProtocol<ClientsProtocol>, IResumableProtocol, INamesEvents, IDeviceListener
{
    private const string ClientToInstance = "client.to.instance";
    private const string NodeToInstance = "node.to.instance";

    /// <summary>What clients may ask for; what they are told is in <see cref="ClientsServerEvents"/>.</summary>
    private static readonly EventTable<ClientsProtocol> ClientActions = new()
    {
        { "register", (protocol, payload) => protocol.Register(protocol._client, new(payload)), null, Limit.Devices },
        { "login", (protocol, payload) => LogIn(protocol._client, new(payload)), null, Limit.LookUps },
        { "update", (protocol, payload) => protocol.Update(protocol._client, new(payload)), null, Limit.LookUps },
        { "processQueue", (protocol, payload) => ProcessQueue(protocol._client, new(payload)) },
        { "updateNodeList", (protocol, _) => protocol.UpdateNodeList() },
        { "forward", (protocol, payload) => protocol.ForwardToNode(new(payload)) },
        { "queue", (protocol, payload) => protocol.Queue(protocol._client, new(payload)) },
    };

    /// <summary>What nodes may ask for.</summary>
    private static readonly EventTable<ClientsProtocol> NodeActions = new()
    {
        { "register", (protocol, payload) => protocol.Register(protocol._node, new(payload)), null, Limit.Devices },
        { "login", (protocol, payload) => LogIn(protocol._node, new(payload)), null, Limit.LookUps },
        { "update", (protocol, payload) => protocol.Update(protocol._node, new(payload)), null, Limit.LookUps },
        { "processQueue", (protocol, payload) => ProcessQueue(protocol._node, new(payload)) },
        { "forward", (protocol, payload) => protocol.ForwardToClient(new(payload)) },
        { "queue", (protocol, payload) => protocol.Queue(protocol._node, new(payload)) },
    };

    private readonly IGrainFactory _grains;
    private readonly DeviceAccounts _accounts;
    private readonly LocalDevices _local;
    private readonly PendingDetaches _detaches;
    private readonly ClientsProtocolOptions _options;

    /// <summary>See <see cref="ClientsServerEvents.NamesToClient"/>: by reference, so that events for many are made once.</summary>
    private readonly string[] _namesToClient;
    private readonly DeviceLink _client;
    private readonly DeviceLink _node;
    private readonly Coalesced _listing = new();
    private NodeList? _newestNodes;
    private long _nodeLists;

    public ClientsProtocol(
        IConnection connection,
        IGrainFactory grains,
        DeviceAccounts accounts,
        GatewayIdentity gateway,
        LocalDevices local,
        PendingDetaches detaches,
        IOptions<ClientsProtocolOptions> options,
        ILogger<ClientsProtocol> logger) : base("clients", connection, logger)
    {
        (_grains, _accounts, _local, _detaches, _options) = (grains, accounts, local, detaches, options.Value);
        _namesToClient = ClientsServerEvents.NamesToClient(_options.AnswerEvent);
        _client = new(ClientKind.Client, connection, gateway.Id, grains, answer => Connection.Send(Spell(_client!, answer)), logger);
        _node = new(ClientKind.Node, connection, gateway.Id, grains, answer => Connection.Send(Spell(_node!, answer)), logger);
    }

    /// <inheritdoc/>
    public static IEnumerable<string> EventNames => [ClientToInstance, NodeToInstance];

    /// <inheritdoc/>
    public IReadOnlyList<ClientSocket> Sockets => [.. new[] { _client.Socket, _node.Socket }.OfType<ClientSocket>()];

    /// <inheritdoc/>
    public IEnumerable<MailboxPosition> Positions => new[] { _client.Position, _node.Position }.OfType<MailboxPosition>();

    /// <summary>This protocol has a way of its own to get what was missed: to log in again.</summary>
    public Task<Resumption> Resume(string? offset) => Task.FromResult(Resumption.Anew());

    /// <inheritdoc/>
    public void OnPush(ClientPush push)
    {
        switch (push.Kind)
        {
            case ClientPushKind.ClientQueueChanged:
                _ = _client.Revalidate();
                break;
            case ClientPushKind.NodeQueueChanged:
                _ = _node.Revalidate();
                break;
            case ClientPushKind.ClientToNode:
                Connection.Deliver(new SharedEvents(ClientsServerEvents.FromClient(push)));
                break;
            case ClientPushKind.NodeToClient:
                Connection.Deliver(new SharedEvents(ClientsServerEvents.FromNode(push)));
                break;
        }
    }

    /// <inheritdoc/>
    public void Revalidate()
    {
        _ = _client.Revalidate();
        _ = _node.Revalidate();
    }

    /// <inheritdoc/>
    public void OnNodesChanged(NodeList nodes)
    {
        if (!_client.IsUsed || !MaySeeNodes) return;
        Volatile.Write(ref _newestNodes, nodes);
        _ = _listing.Run(SendNodes, _ => { });
    }

    /// <summary>However many lists come while the client takes one: then it gets the newest.</summary>
    private async Task SendNodes()
    {
        if (!await Connection.Taken() || Interlocked.Exchange(ref _newestNodes, null) is not { } nodes) return;
        Interlocked.Increment(ref _nodeLists);
        Connection.Deliver(Spell(nodes));
    }

    private bool MaySeeNodes => _options.Anonymous || _client.IsLoggedIn;

    protected override ClientEvent<ClientsProtocol>? Find(string name, JsonElement payload) =>
        ActionsOf(name) is { } actions && new ClientsMessage(payload).Action is { } action ? actions.Find(action) : null;

    protected override IReadOnlyList<ServerEvent>? Refuse(ClientEvent<ClientsProtocol>? found, string name, JsonElement payload)
    {
        var device = DeviceOf(name);
        if (ActionsOf(name) is null)
        {
            return Spell(device, ClientsAnswer.Error(name.Length == 0 ? "message not valid" : "unknown event"));
        }
        // From its first message on, a client or node hears of others.
        device.IsUsed = true;
        _local.Add(Connection.VisibleId, this);
        var message = new ClientsMessage(payload);
        return found is null
            ? Spell(device, ClientsAnswer.Error(
                payload.ValueKind != JsonValueKind.Object ? "the message must be a JSON object"
                : string.IsNullOrEmpty(message.Action) ? "no action"
                : "unknown action"))
            : IsAcceptable(found.Name, message.Parameters) ? null
            : Spell(device, ClientsAnswer.Failed(found.Name, "parameters must be a JSON object"));
    }

    protected override IReadOnlyList<ServerEvent> Failure(ClientEvent<ClientsProtocol> failed, string name) =>
        Spell(DeviceOf(name), ClientsAnswer.Refused(failed.Name, ClientRefusal.None));

    protected override IReadOnlyList<ServerEvent> Unacceptable(ClientEvent<ClientsProtocol> refused, string name) =>
        Spell(DeviceOf(name), ClientsAnswer.Failed(refused.Name, "the message must not have binary data"));

    protected override IReadOnlyList<ServerEvent> Withhold(ClientEvent<ClientsProtocol> withheld, string name, int retryAfter) =>
        Spell(DeviceOf(name), ClientsAnswer.Withheld(withheld.Name, retryAfter));

    protected override async Task Detach()
    {
        var wsId = Connection.VisibleId;
        _local.Remove(wsId, this);
        if (!_client.MustLeave && !_node.MustLeave) return;
        await _detaches.Detach(grains => grains.ClientDirectory().Leave(wsId));
    }

    /// <summary>What may be asked for by an event; null when there is no such event.</summary>
    private static EventTable<ClientsProtocol>? ActionsOf(string name) => name switch
    {
        ClientToInstance => ClientActions,
        NodeToInstance => NodeActions,
        _ => null,
    };

    /// <summary>As what the connection is spoken to by an event.</summary>
    private DeviceLink DeviceOf(string name) => name == NodeToInstance ? _node : _client;

    /// <summary>What is passed on may be anything; what is for us is an object, if it is there at all.</summary>
    private static bool IsAcceptable(string action, JsonElement parameters) =>
        action is "forward" or "queue" || parameters.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined;

    private static Task LogIn(DeviceLink device, ClientsMessage message) => device.LogIn(ClientToken.Parse(message.Token));

    private async Task Register(DeviceLink device, ClientsMessage message) =>
        await device.Answer(await _accounts.Register(device.Kind, message.Parameters));

    private async Task Update(DeviceLink device, ClientsMessage message)
    {
        var token = device.TokenOf(message.Token);
        await device.Answer(await _accounts.Update(device.Kind, token, device.AddressFor(token), message.Parameters));
    }

    private static Task ProcessQueue(DeviceLink device, ClientsMessage message) =>
        device.ProcessQueue(device.TokenOf(message.Token), message.QueueId);

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
            await Connection.Send(Spell(await _local.GetNodes()).Events);
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
            await _client.Answer(reply.Sent ? ClientsServerEvents.Forwarded : NotOnline);
        }
    }

    private async Task ForwardToClient(ClientsMessage message)
    {
        if (await Sender(_node, "forward", message) is not { } node || await Checked(_node, "forward", message) is not { } content) return;
        var reply = await Forward(message, ClientKind.Client, ClientPushKind.NodeToClient, content);
        if (reply.Sent)
        {
            if (message.QueueId is { } answered) await _node.Process(node, answered);
            await _node.Answer(ClientsServerEvents.Forwarded);
            return;
        }
        // The client has gone: the answer waits for it. Whose question it was is known by the row, or by the connection.
        var clientId = (message.QueueId is { } row ? await _grains.Client(node.Id).FindSender(row) : null) ?? reply.ClientId;
        if (clientId is null) await _node.Answer(NotOnline);
        else await Enqueue(_node, "forward", clientId.Value, Post(node, ClientKind.Node, content, message));
    }

    private async Task Queue(DeviceLink device, ClientsMessage message)
    {
        if (await Sender(device, "queue", message) is not { } sender) return;
        if (message.RecipientId is not { } recipient)
        {
            await device.Answer(ClientsAnswer.Failed("queue", "recipient must be an id"));
        }
        else if (await Checked(device, "queue", message) is { } content)
        {
            await Enqueue(device, "queue", recipient, Post(sender, device.Kind, content, message));
        }
    }

    private static QueuePost Post(ClientToken sender, ClientKind kind, RawJson content, ClientsMessage message) =>
        new(sender.Id, kind, content.Text, message.QueueId, message.Request);

    /// <summary>Whom a message comes from; answers itself when that is not proved.</summary>
    private static async Task<ClientToken?> Sender(DeviceLink device, string action, ClientsMessage message)
    {
        var token = device.TokenOf(message.SenderToken);
        var refusal = await device.Check(token);
        if (refusal == ClientRefusal.None) return token;
        await device.Answer(ClientsAnswer.Refused(action, refusal));
        return null;
    }

    private async Task Enqueue(DeviceLink device, string action, int recipient, QueuePost post)
    {
        var reply = await _grains.Client(recipient).Enqueue(post);
        await device.Answer(reply.Refusal == ClientRefusal.None
            ? ClientsServerEvents.Queued(reply.QueueId)
            : ClientsAnswer.Refused(action, reply.Refusal));
    }

    /// <summary>What is to be passed on; answers itself when it cannot be.</summary>
    private static async Task<RawJson?> Checked(DeviceLink device, string action, ClientsMessage message)
    {
        var content = message.Content;
        var fault = message is { HasQueueId: true, QueueId: null } ? "queue_id must be a number"
            : content.IsAtMost(DeviceAccounts.MaxDepth) ? null : "content is nested too deep";
        if (fault is null) return content;
        await device.Answer(ClientsAnswer.Failed(action, fault));
        return null;
    }

    private async Task<ForwardReply> Forward(ClientsMessage message, ClientKind kind, ClientPushKind push, RawJson content) =>
        message.RecipientSocket is { } wsId
            ? await _grains.ClientDirectory().Forward(wsId, kind, new ClientPush(push, Connection.VisibleId, content.Text))
            : new ForwardReply(false, null);

    private SharedEvents Spell(NodeList list) => list.For(_namesToClient, static (names, nodes) =>
        new SharedEvents(ClientsServerEvents.ToClient(names, ClientsServerEvents.OnlineNodes(nodes))));

    /// <summary>An answer as the events of a client or a node.</summary>
    private IReadOnlyList<ServerEvent> Spell(DeviceLink device, ClientsAnswer answer) => device.Kind == ClientKind.Client
        ? ClientsServerEvents.ToClient(_namesToClient, answer)
        : [ClientsServerEvents.ToNode(answer)];

    private static ClientsAnswer NotOnline { get; } = ClientsAnswer.Failed("forward", "recipient is not online");
}
