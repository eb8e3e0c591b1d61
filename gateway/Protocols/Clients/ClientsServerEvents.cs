using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>
/// What clients and nodes are told, see docs/PROTOCOLS.md, "clients": an answer under the event's name, or what another of them
/// has sent. What went wrong is in <see cref="ClientsAnswer"/>.
/// </summary>
public static class ClientsServerEvents
{
    private static readonly string[] KnownName = ["instance.to.client"], DocumentName = ["instace.to.client"];
    private static readonly string[] BothNames = [.. KnownName, .. DocumentName];

    /// <summary>The names under which a client gets each answer. For one setting always the same object.</summary>
    public static string[] NamesToClient(AnswerEvent setting) => setting switch
    {
        AnswerEvent.Known => KnownName,
        AnswerEvent.Document => DocumentName,
        _ => BothNames,
    };

    /// <summary><c>instance.to.client</c>: an answer to a client, under each of the names.</summary>
    public static ImmutableArray<ServerEvent> ToClient(string[] names, ClientsAnswer answer)
    {
        var payload = new EncodedOnce(answer);
        return [.. names.Select(name => new ServerEvent(name, payload))];
    }

    /// <summary><c>instance.to.node</c>: an answer to a node.</summary>
    public static ServerEvent ToNode(ClientsAnswer answer) => new("instance.to.node", answer);

    /// <summary><c>client.to.node</c>: what a client has sent to the node.</summary>
    public static ServerEvent FromClient(ClientPush push) => new("client.to.node", Passed(push));

    /// <summary><c>node.to.client</c>: what a node has sent to the client.</summary>
    public static ServerEvent FromNode(ClientPush push) => new("node.to.client", Passed(push));

    /// <summary><c>registered</c>: the new client or node, and the token that it logs in with.</summary>
    public static ClientsAnswer Registered(ClientToken token) => new("registered", new Registered(token.Reveal(), token.Id));

    /// <summary><c>updated</c>: information, hash or both are changed.</summary>
    public static ClientsAnswer Updated { get; } = new("updated", new object());

    /// <summary><c>logged</c>: who the client or node is, and what waits for it.</summary>
    /// <param name="socket">Where it can be reached now.</param>
    /// <param name="login">What is known of it; a hash, if it is a node.</param>
    public static ClientsAnswer Logged(ClientSocket socket, ClientLogin login)
    {
        bool? more = login.HasMore ? true : null;
        var (queue, information) = (QueueRowView.Of(login.Queue), new RawJson(login.Information));
        return new("logged", new Logged(socket.ClientId, socket.WsId, login.Hash, queue, more, information));
    }

    /// <summary><c>queue</c>: what has come into the mailbox, or what waited there for the rows before it to be acknowledged.</summary>
    public static ClientsAnswer Queue(QueueState state) => new("queue", QueueView.Of(state));

    /// <summary><c>updateQueue</c>: what is left in the mailbox of what was sent.</summary>
    public static ClientsAnswer UpdateQueue(QueueState state) => new("updateQueue", QueueView.Of(state));

    /// <summary><c>queued</c>: a message is in the recipient's mailbox.</summary>
    public static ClientsAnswer Queued(long queueId) => new("queued", new { queue_id = queueId });

    /// <summary><c>forwarded</c>: a message is on its way to the recipient's connection.</summary>
    public static ClientsAnswer Forwarded { get; } = new("forwarded", new object());

    /// <summary><c>updateOnlineNodes</c>: the nodes that are online.</summary>
    public static ClientsAnswer OnlineNodes(OnlineNodes online)
    {
        var onlineNodes = online.Nodes.Select(node => new { ipfs_hash = node.Hash, node_id = node.NodeId, ws_id = node.WsId }).ToList();
        return new("updateOnlineNodes", online.HasMore ? (object)new { onlineNodes, more = true } : new { onlineNodes });
    }

    private static object Passed(ClientPush push) => new { sender = push.SenderWsId, content = new RawJson(push.Content) };
}
