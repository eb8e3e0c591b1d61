namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>The two parties of the clients protocol.</summary>
public enum ClientKind
{
    /// <summary>One that asks.</summary>
    Client,

    /// <summary>One that is asked, and is listed for all clients while it is online.</summary>
    Node,
}
