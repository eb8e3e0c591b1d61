using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Silo;

/// <summary>
/// Free ports for a silo, which must say its ports before it listens on them. Each is kept from other programs until this
/// process ends: Linux gives a port that a socket is bound to, but does not listen on, to nobody who does not name it.
/// </summary>
internal sealed class ReservedPorts : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public int Take(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
