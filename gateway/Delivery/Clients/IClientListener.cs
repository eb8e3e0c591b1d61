using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Clients;

/// <summary>A connection of clients or nodes that grains can reach. Its methods never throw and never wait.</summary>
public interface IClientListener
{
    /// <summary>As whom the connection can be reached.</summary>
    IReadOnlyList<ClientSocket> Sockets { get; }

    /// <summary>A grain tells the connection something.</summary>
    void Told(ClientPush push);

    /// <summary>Pushes may have been lost: looks for what is new.</summary>
    void Look();

    /// <summary>Other nodes are online than before.</summary>
    void NodesChanged(NodeList nodes);
}
