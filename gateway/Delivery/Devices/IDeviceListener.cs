using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Delivery.Devices;

/// <summary>A connection of a device, which is a client or a node, that grains can reach. Its methods never throw and never wait.</summary>
public interface IDeviceListener
{
    /// <summary>As whom the connection can be reached.</summary>
    IReadOnlyList<ClientSocket> Sockets { get; }

    /// <summary>How far it has come with the mailboxes of those who are logged in.</summary>
    IEnumerable<MailboxPosition> Positions { get; }

    /// <summary>A grain tells the connection something.</summary>
    void OnPush(ClientPush push);

    /// <summary>Pushes may have been lost: fetches what is new.</summary>
    void Revalidate();

    /// <summary>Other nodes are online than before.</summary>
    void OnNodesChanged(NodeList nodes);
}
