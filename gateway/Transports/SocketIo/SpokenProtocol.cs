using Gatehouse.Gateway.Connections;

namespace Gatehouse.Gateway.Transports.SocketIo;

/// <summary>A protocol that can be spoken on Socket.IO.</summary>
/// <param name="Name">Its name, which is its namespace's too.</param>
/// <param name="EventNames">The client events that it knows.</param>
/// <param name="Create">Makes it for a connection.</param>
public sealed record SpokenProtocol(
    string Name, IReadOnlySet<string> EventNames, Func<IConnection, IResumableProtocol> Create)
{
    /// <summary>The protocol of a class.</summary>
    public static SpokenProtocol Of<TProtocol>(string name, IServiceProvider services)
        where TProtocol : IResumableProtocol, INamesEvents
    {
        var create = ActivatorUtilities.CreateFactory<TProtocol>([typeof(IConnection)]);
        return new(name, TProtocol.EventNames.ToHashSet(), connection => create(services, [connection]));
    }
}
