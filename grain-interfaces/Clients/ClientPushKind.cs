namespace Gatehouse.GrainInterfaces.Clients;

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
