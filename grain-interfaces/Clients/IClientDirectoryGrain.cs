using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>
/// What no single client or node can answer: new ones, connections that are known by their id alone, and which nodes are
/// online. Keeps nothing, so that every process has its own; its calls do not wait for each other. Calls
/// <see cref="Gateways.IGatewayGrain"/>.
/// </summary>
[Alias("Gatehouse.IClientDirectoryGrain")]
public interface IClientDirectoryGrain : IGrainWithStringKey
{
    /// <summary>Makes a new client or node, with an id of its own and a secret that is shown this once.</summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="information">A JSON object (default limit 16 KiB of UTF-8).</param>
    /// <param name="hash">Of a node, 1 to 256 characters; null for a client.</param>
    /// <returns>Refused: Information, Hash.</returns>
    [Alias("Register"), AlwaysInterleave, AtMostOnce]
    Task<ClientRegistration> Register(ClientKind kind, string information, string? hash);

    /// <summary>
    /// Reports where these can be reached: a client that has not logged in, so that it can be answered, or all of a gateway that
    /// was silent for longer than its lease.
    /// </summary>
    [Alias("Place"), AlwaysInterleave]
    Task ReportLocations(ImmutableArray<ClientSocket> sockets);

    /// <summary>
    /// The connection is gone, as client and as node. Repeating it, or naming one that nobody knows, does nothing.
    /// </summary>
    [Alias("Leave"), AlwaysInterleave]
    Task Leave(string wsId);

    /// <summary>Hands a message to a connection. Live only: nothing is kept, and what is on its way to a gateway that dies is lost.</summary>
    /// <param name="wsId">The recipient.</param>
    /// <param name="kind">As which it is meant.</param>
    /// <param name="push">The message.</param>
    [Alias("Forward"), AlwaysInterleave, AtMostOnce]
    Task<ForwardReply> Forward(string wsId, ClientKind kind, ClientPush push);

    /// <summary>The nodes that are online: those that came first, as many as fit into so many bytes of JSON (default 256 KiB).</summary>
    [Alias("GetOnlineNodes"), AlwaysInterleave]
    Task<OnlineNodes> GetOnlineNodes();

    /// <summary>
    /// Which of these devices have something in their mailboxes that they were not sent. A push is lost with the silo that was about to make
    /// it, so each gateway asks this again and again.
    /// </summary>
    /// <param name="positions">What each has seen; some hundred at a time.</param>
    /// <returns>Those of them that are behind.</returns>
    [Alias("FindBehind"), AlwaysInterleave]
    Task<ImmutableArray<MailboxPosition>> FindBehind(ImmutableArray<MailboxPosition> positions);

    /// <summary>The mailboxes in which something waits, for operators.</summary>
    /// <param name="from">The least id of an owner.</param>
    /// <param name="limit">1 to 200.</param>
    [Alias("ListMailboxes"), AlwaysInterleave]
    Task<MailboxPage> ListMailboxes(int from, int limit);
}
