using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>One client: its connection and its sockets, one for each namespace it is in.</summary>
internal sealed class ClientConnection : OrderedInbox<ClientConnection.Work>
{
    private static readonly byte[] RootConnect = [(byte)SocketPacketType.Connect];

    private readonly SocketIoServer _server;
    private ClientSocket[] _sockets = [];
    private HashSet<string>? _left;
    private ClientSocket? _connecting;
    private BinaryAssembler? _assembler;
    private long _connectDeadline;

    public ClientConnection(SocketIoServer server, EngineConnection engine) : base(server.Options.MaxPendingPackets, server.Options.MaxPendingBytes)
    {
        _server = server;
        Engine = engine;
        RenewConnectDeadline();
    }

    public EngineConnection Engine { get; }

    public SocketIoServer Server => _server;

    /// <summary>Clients of revision 3 are connected to the root namespace unasked.</summary>
    public ValueTask OpenAsync() =>
        Engine.Revision == 3 && _server.FindNamespace(SocketPacket.RootNamespace) is not null
            ? AddAsync(new(RootConnect, []))
            : default;

    public ValueTask ReceiveAsync(EngineMessage message)
    {
        if (message.IsBinary)
        {
            var assembler = _assembler ?? throw EngineProtocolException.Parse("binary data that nothing announced");
            lock (Gate)
            {
                if (!Engine.IsOpen) return default;
                var isLast = assembler.Add(message.Data.Span);
                Engine.Hold(message.Data.Length);
                if (!isLast) return default;
            }

            DropAssembler();
            return DispatchAsync(new(assembler.Text, assembler.Attachments, isOwned: true));
        }

        if (_assembler is not null) throw EngineProtocolException.Parse("text in place of an attachment");
        var work = new Work(message.Data, []);
        if (!SocketPacket.IsBinary(message.Data.Span)) return DispatchAsync(work);
        // Checked already now: nothing is collected for a packet that is none.
        if (Parse(work).Attachments is var count && count == 0) return DispatchAsync(work);
        var deadline = _server.Engine.Time.GetTimestamp() + _server.Engine.Units(_server.Options.AttachmentTimeout);
        lock (Gate)
        {
            if (!Engine.IsOpen) return default;
            _assembler = new(message.Data.ToArray(), count, deadline, _server.Options.MaxAttachmentBytes);
            Engine.Hold(_assembler.Size);
        }

        return default;
    }

    public ValueTask CloseAsync(DisconnectReason reason)
    {
        _connecting?.Detach(reason);
        foreach (var socket in _sockets) socket.Detach(reason);
        DropAssembler();
        if (reason == DisconnectReason.Overload) DropWaiting(); // or nothing would be gained
        _ = AddAsync(new(null, reason)); // full or not: this is the last
        return default;
    }

    public void OnTick(long now)
    {
        if (now >= Volatile.Read(ref _connectDeadline)) Engine.Close(DisconnectReason.ConnectTimeout, WebSocketCloseCode.PolicyViolation);
        if (_assembler is { } assembler && now >= assembler.Deadline) Engine.Fail(DisconnectReason.ParseError);
    }

    /// <summary>A socket that its namespace's handler has not let in yet; it too ends with the connection.</summary>
    public void Begin(ClientSocket socket)
    {
        _connecting = socket;
        if (!Engine.IsOpen) socket.Detach(DisconnectReason.TransportClose);
    }

    /// <summary>Makes a socket known, so that packets find it.</summary>
    public void Add(ClientSocket socket)
    {
        lock (Gate)
        {
            _sockets = [.. _sockets, socket];
            _left?.Remove(socket.Namespace.Name);
        }
    }

    /// <summary>Lets a socket's end take its turn after the packets that came before.</summary>
    public void End(ClientSocket socket, DisconnectReason reason) => _ = AddAsync(new(socket, reason));

    /// <summary>Forgets a socket. Packets for it that are still on their way are ignored.</summary>
    public void Remove(ClientSocket socket)
    {
        lock (Gate)
        {
            var index = Array.IndexOf(_sockets, socket);
            if (index < 0) return;
            _sockets = [.. _sockets[..index], .. _sockets[(index + 1)..]];
            (_left ??= new(StringComparer.Ordinal)).Add(socket.Namespace.Name);
            if (_sockets.Length == 0) RenewConnectDeadline();
        }
    }

    private ClientSocket? Find(string ns)
    {
        foreach (var socket in _sockets)
        {
            if (socket.Namespace.Name == ns) return socket;
        }

        return null;
    }

    // An acknowledgement does not wait its turn: the handler before it may be waiting for it.
    private ValueTask DispatchAsync(in Work work)
    {
        if (!SocketPacket.IsAck(work.Text.Span)) return AddAsync(work);
        var packet = Parse(work);
        if (Find(packet.Namespace) is { } socket) socket.Acknowledged(packet.Id!.Value, Arguments(packet.Json, work.Attachments!, skip: 0));
        else CheckKnown(packet.Namespace);
        return default;
    }

    protected override async ValueTask HandleAsync(Work work)
    {
        try
        {
            if (work.IsLarge) await HandleLargeAsync(work.Keep());
            else if (work.Attachments is { } attachments) await HandleAsync(Parse(work), attachments);
            else if (work.Socket is { } socket) await socket.EndAsync(work.Reason);
            else await EndAsync(work.Reason);
        }
        catch (EngineProtocolException e)
        {
            Log.Violation(_server.Logger, Engine.Handshake.ConnectionId, e.Message);
            Engine.Fail(e.Reason, e.CloseCode, e.Message);
        }
        catch (Exception e)
        {
            Log.HandlerFailed(_server.Logger, Engine.Handshake.ConnectionId, e);
        }
    }

    protected override void OnWaiting(int bytes) => Engine.Hold(bytes);

    private async ValueTask HandleLargeAsync(Work work)
    {
        var gate = _server.Engine.Budget.Large;
        Engine.Hold(work.Size);
        try
        {
            await gate.EnterAsync(work.Size);
        }
        finally
        {
            Engine.Hold(-work.Size);
        }

        try
        {
            await HandleAsync(Parse(work), work.Attachments!);
        }
        finally
        {
            gate.Leave(work.Size);
        }
    }

    private SocketPacket Parse(in Work work) =>
        SocketPacket.Parse(work.Text.Span, _server.Options.MaxAttachments, _server.Options.MaxDepth);

    private ValueTask HandleAsync(SocketPacket packet, IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var socket = Find(packet.Namespace);
        switch (packet.Type)
        {
            case SocketPacketType.Connect when socket is null:
                return ConnectAsync(packet);
            case SocketPacketType.Disconnect when socket is not null:
                return socket.EndAsync(DisconnectReason.ClientDisconnect);
            case SocketPacketType.Event when socket is not null:
                var name = packet.Json[0].Text();
                var received = new SocketEvent(socket, name, Arguments(packet.Json, attachments, skip: 1), packet.Id);
                if (name == ReservedNames.Disconnect) return DisconnectAsync(socket, received);
                if (ReservedNames.Contains(name)) throw EngineProtocolException.Parse("an event with a reserved name");
                return socket.Namespace.HandleAsync(received, socket);
            default:
                CheckKnown(packet.Namespace);
                return default;
        }
    }

    // A client whose library does not know better says as an event that it leaves, and waits to be disconnected.
    private async ValueTask DisconnectAsync(ClientSocket socket, SocketEvent received)
    {
        received.Ack();
        Engine.Send(PacketWriter.Encode(SocketPacketType.Disconnect, socket.Namespace.Name));
        await socket.EndAsync(DisconnectReason.ClientDisconnect);
        if (_sockets.Length == 0) Engine.Close(DisconnectReason.ClientDisconnect, WebSocketCloseCode.Normal);
    }

    private void CheckKnown(string ns)
    {
        lock (Gate)
        {
            if (_left?.Contains(ns) != true) throw EngineProtocolException.Parse("a packet that has no place in this state");
        }
    }

    private async ValueTask EndAsync(DisconnectReason reason)
    {
        foreach (var socket in _sockets) await socket.EndAsync(reason);
    }

    private async ValueTask ConnectAsync(SocketPacket packet)
    {
        var (name, auth) = Engine.Revision == 3 ? SplitQuery(packet.Namespace) : (packet.Namespace, packet.Json);
        if (Find(name) is not null) throw EngineProtocolException.Parse("a second connect to the same namespace");
        if (_server.FindNamespace(name) is not { } ns)
        {
            Engine.Send(ConnectPackets.Refusal(Engine.Revision, name, "Invalid namespace"));
            return;
        }

        var deadline = Interlocked.Exchange(ref _connectDeadline, long.MaxValue);
        await ns.AdmitAsync(this, auth);
        _connecting = null;
        if (_sockets.Length > 0) return;
        if (deadline == long.MaxValue) RenewConnectDeadline();
        else Volatile.Write(ref _connectDeadline, deadline);
    }

    // Revision 3 puts what 4 has in the payload into a query string.
    private static (string Name, JsonElement Auth) SplitQuery(string text)
    {
        var at = text.IndexOf('?');
        if (at < 0) return (text, default);
        var query = QueryHelpers.ParseQuery(text[at..]).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        return (text[..at], JsonSerializer.SerializeToElement(query));
    }

    private SocketArguments Arguments(JsonElement json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, int skip)
    {
        var values = new JsonElement[json.GetArrayLength() - skip];
        var index = -skip;
        foreach (var value in json.EnumerateArray())
        {
            if (index >= 0) values[index] = value;
            index++;
        }

        return new(values, attachments, _server.Options.Json);
    }

    private void DropAssembler()
    {
        lock (Gate)
        {
            if (_assembler is null) return;
            Engine.Hold(-_assembler.Size);
            _assembler = null;
        }
    }

    private void RenewConnectDeadline() =>
        Volatile.Write(
            ref _connectDeadline, _server.Engine.Time.GetTimestamp() + _server.Engine.Units(_server.Options.ConnectTimeout));

    /// <summary>What waits its turn: a packet as it came, the end of a socket, or that of the connection.</summary>
    internal readonly record struct Work : IInboxItem<Work>
    {
        private readonly bool _isOwned;

        public Work(ReadOnlyMemory<byte> text, IReadOnlyList<ReadOnlyMemory<byte>> attachments, bool isOwned = false)
        {
            (Text, Attachments, _isOwned) = (text, attachments, isOwned);
            Size = text.Length;
            foreach (var attachment in attachments) Size += attachment.Length;
        }

        public Work(ClientSocket? socket, DisconnectReason reason) => (Socket, Reason) = (socket, reason);

        /// <summary>The packet.</summary>
        public ReadOnlyMemory<byte> Text { get; private init; }

        /// <summary>What belongs to it; null if this is no packet.</summary>
        public IReadOnlyList<ReadOnlyMemory<byte>>? Attachments { get; }

        public ClientSocket? Socket { get; }

        public DisconnectReason Reason { get; }

        public int Size { get; }

        public bool IsLarge => Size > LargeMessageGate.Small;

        public Work Keep() => _isOwned || Attachments is null ? this : new(Text.ToArray(), Attachments, isOwned: true);
    }
}
