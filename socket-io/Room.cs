namespace SocketIo;

/// <summary>A set of sockets. What is sent to it by several threads comes to all its members in the same order.</summary>
internal sealed class Room(bool isPermanent = false)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ClientSocket> _members = [];
    private bool _isGone;

    public ClientSocket[] Members
    {
        get
        {
            lock (_gate) return [.. _members];
        }
    }

    /// <summary>Adds a socket; false if the room has just been given up.</summary>
    public bool TryAdd(ClientSocket socket)
    {
        lock (_gate)
        {
            if (!_isGone) _members.Add(socket);
            return !_isGone;
        }
    }

    /// <summary>Removes a socket; true if the room is empty now and therefore given up.</summary>
    public bool Remove(ClientSocket socket)
    {
        lock (_gate)
        {
            _members.Remove(socket);
            return _isGone = _members.Count == 0 && !isPermanent;
        }
    }

    public void Send(EncodedEvent encoded, IReadOnlyList<ClientSocket> except)
    {
        lock (_gate)
        {
            foreach (var member in _members)
            {
                if (except.Count == 0 || !except.Contains(member)) member.SendEncoded(encoded);
            }
        }
    }
}
