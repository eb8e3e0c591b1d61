namespace SocketIo;

/// <summary>Some of a namespace's sockets: the members of rooms, or everyone, with exceptions.</summary>
public sealed class Broadcast
{
    private readonly SocketNamespace _ns;
    private readonly string[] _rooms;
    private readonly ClientSocket[] _except;

    internal Broadcast(SocketNamespace ns, string[] rooms, ClientSocket[] except)
    {
        _ns = ns;
        _rooms = rooms;
        _except = except;
    }

    /// <summary>The sockets at this moment, each once.</summary>
    public IReadOnlyCollection<ClientSocket> Sockets => [.. Members().Where(socket => socket.IsConnected)];

    /// <summary>The members of this room too.</summary>
    public Broadcast To(string room) => new(_ns, [.. _rooms, room], _except);

    /// <summary>But not this socket.</summary>
    public Broadcast Except(ClientSocket socket) => new(_ns, _rooms, [.. _except, socket]);

    /// <summary>Sends an event, encoded once.</summary>
    public void Emit(string name, params ReadOnlySpan<object?> arguments)
    {
        if (_ns.Server.Recovery is null)
        {
            Send(EncodedEvent.Create(_ns.Name, name, arguments, _ns.Server.Options.Json));
            return;
        }

        var kept = arguments.ToArray();
        Record(offset => EncodedEvent.Create(_ns.Name, name, kept, _ns.Server.Options.Json, offset));
    }

    /// <summary>Sends an event with arguments that came from a client.</summary>
    public void Emit(string name, SocketArguments arguments)
    {
        if (_ns.Server.Recovery is null) Send(EncodedEvent.Create(_ns.Name, name, arguments));
        else Record(offset => EncodedEvent.Create(_ns.Name, name, arguments, offset));
    }

    /// <summary>Sends an event that has been encoded before.</summary>
    /// <exception cref="ArgumentException">It was encoded for another namespace.</exception>
    public void Send(EncodedEvent encoded)
    {
        _ns.Check(encoded.Namespace);
        switch (_rooms.Length)
        {
            case 0:
                _ns.Everyone.Send(encoded, _except);
                break;
            case 1:
                _ns.Rooms.Find(_rooms[0])?.Send(encoded, _except);
                break;
            default:
                foreach (var socket in Members()) socket.SendEncoded(encoded);
                break;
        }
    }

    private IEnumerable<ClientSocket> Members()
    {
        var members = _rooms.Length == 0 ? _ns.Everyone.Members : _rooms.SelectMany(room => _ns.Rooms.Find(room)?.Members ?? []);
        return members.Distinct().Except(_except);
    }

    private void Record(Func<string?, EncodedEvent> encode)
    {
        var audience = new Audience(null, _rooms, [.. _except.Select(socket => socket.Id)]);
        lock (_ns.RecordGate) Send(_ns.Server.Recovery!.Record(_ns.Name, audience, encode));
    }
}
