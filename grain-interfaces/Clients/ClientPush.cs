namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>What grains push to connections of clients and nodes. It can be lost, so what must not be lost is never only here.</summary>
/// <param name="Kind">What has happened.</param>
/// <param name="SenderWsId">The connection that a message comes from; otherwise empty.</param>
/// <param name="Content">The message's JSON; otherwise empty.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientPush")]
public sealed record ClientPush(
    [property: Id(0)] ClientPushKind Kind, [property: Id(1)] string SenderWsId = "", [property: Id(2)] string Content = "");

/// <summary>The kinds of <see cref="ClientPush"/>.</summary>
public enum ClientPushKind
{
    /// <summary>A client's mailbox has something new: <see cref="IClientGrain.GetQueue"/>.</summary>
    ClientQueueChanged,

    /// <summary>A node's mailbox has something new: <see cref="IClientGrain.GetQueue"/>.</summary>
    NodeQueueChanged,

    /// <summary>A client sends this to a node.</summary>
    ClientToNode,

    /// <summary>A node sends this to a client.</summary>
    NodeToClient,
}

/// <summary>The answer to <see cref="IClientDirectoryGrain.Forward"/>.</summary>
/// <param name="Sent">Whether the recipient's gateway was handed the message.</param>
/// <param name="ClientId">Who the recipient's connection belongs to, or did not long ago; null when that is not known.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ForwardReply")]
public sealed record ForwardReply([property: Id(0)] bool Sent, [property: Id(1)] int? ClientId);
