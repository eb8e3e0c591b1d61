using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Bench;

/// <summary>A member of a room that does as little as possible: it checks what it gets against the room.</summary>
internal sealed class Client(Dialect dialect, Room room) : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _frames = new byte[2048];
    private byte[] _text = new byte[2048];
    private int _framesEnd, _textEnd;

    /// <summary>How many messages it got.</summary>
    public long Count { get; private set; }

    public async Task Connect(int port, string name)
    {
        await _socket.ConnectAsync(IPAddress.Loopback, port);
        await _socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {dialect.Path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        await Until("\r\n\r\n", inFrames: true);
        foreach (var (say, awaited) in dialect.Enter(name, room.Name))
        {
            if (say is not null) await Send(Frame(say));
            await Until(awaited, inFrames: false);
        }
        // What came after is not lost: it is in the buffer still, behind what was waited for.
        _textEnd = 0;
    }

    public async ValueTask Send(ReadOnlyMemory<byte> frames)
    {
        while (frames.Length > 0) frames = frames[await _socket.SendAsync(frames)..];
    }

    /// <summary>A text as a client's frame, under a mask that changes nothing.</summary>
    public static byte[] Frame(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length < 126
            ? [0x81, (byte)(0x80 | bytes.Length), 0, 0, 0, 0, .. bytes]
            : [0x81, 0xFE, (byte)(bytes.Length >> 8), (byte)bytes.Length, 0, 0, 0, 0, .. bytes];
    }

    /// <summary>Reads for ever.</summary>
    public async Task Read()
    {
        (_frames, _text) = (Grown(_frames, 64 * 1024), Grown(_text, 64 * 1024));
        while (true)
        {
            await Receive();
            if (Take()) await Send(Frame(Encoding.UTF8.GetString(dialect.Pong)));
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task Receive()
    {
        if (_framesEnd == _frames.Length) _frames = Grown(_frames, 2 * _frames.Length);
        var read = await _socket.ReceiveAsync(_frames.AsMemory(_framesEnd));
        if (read == 0) throw new IOException("The server has closed a connection.");
        _framesEnd += read;
    }

    private async Task Until(string awaited, bool inFrames)
    {
        var bytes = Encoding.UTF8.GetBytes(awaited);
        while (true)
        {
            if (!inFrames) while (Unwrap() > 0) { }
            if (inFrames ? Cut(_frames, ref _framesEnd, bytes) : Cut(_text, ref _textEnd, bytes)) return;
            await Receive();
        }
    }

    /// <summary>Forgets everything up to and with what was awaited.</summary>
    private static bool Cut(byte[] buffer, ref int end, byte[] awaited)
    {
        var found = buffer.AsSpan(0, end).IndexOf(awaited);
        if (found < 0) return false;
        var rest = found + awaited.Length;
        buffer.AsSpan(rest, end - rest).CopyTo(buffer);
        end -= rest;
        return true;
    }

    /// <summary>Takes all messages that have come; true if one was a ping.</summary>
    private bool Take()
    {
        var (position, isPing) = (0, false);
        while (Header(position) is { Length: >= 0 } header && position + header.Size + header.Length <= _framesEnd)
        {
            var payload = _frames.AsSpan(position + header.Size, header.Length);
            position += header.Size + header.Length;
            if (dialect.Separator is null) isPing |= Take(payload);
            else Append(payload);
        }
        _frames.AsSpan(position, _framesEnd - position).CopyTo(_frames);
        _framesEnd -= position;
        if (dialect.Separator is not { } separator) return isPing;

        var text = _text.AsSpan(0, _textEnd);
        while (text.IndexOf(separator) is var end and >= 0)
        {
            isPing |= Take(text[..end]);
            text = text[(end + 1)..];
        }
        text.CopyTo(_text);
        _textEnd = text.Length;
        return isPing;
    }

    private bool Take(ReadOnlySpan<byte> message)
    {
        if (!message.StartsWith(dialect.Delivery)) return message.StartsWith(dialect.Ping);
        room.Delivered(Count++, message);
        return false;
    }

    /// <summary>Moves the payload of the first frame to the text.</summary>
    private int Unwrap()
    {
        var header = Header(0);
        var size = header.Size + header.Length;
        if (header.Length < 0 || size > _framesEnd) return 0;
        Append(_frames.AsSpan(header.Size, header.Length));
        _frames.AsSpan(size, _framesEnd - size).CopyTo(_frames);
        _framesEnd -= size;
        return size;
    }

    private void Append(ReadOnlySpan<byte> payload)
    {
        if (_textEnd + payload.Length > _text.Length) _text = Grown(_text, 2 * (_textEnd + payload.Length));
        payload.CopyTo(_text.AsSpan(_textEnd));
        _textEnd += payload.Length;
    }

    /// <summary>The header of a server's frame; a length of -1 when it has not come yet.</summary>
    private (int Size, int Length) Header(int position)
    {
        var frame = _frames.AsSpan(position, _framesEnd - position);
        if (frame.Length < 2) return (0, -1);
        return frame[1] switch
        {
            < 126 => (2, frame[1]),
            126 => frame.Length < 4 ? (0, -1) : (4, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
            _ => frame.Length < 10 ? (0, -1) : (10, (int)BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
        };
    }

    private static byte[] Grown(byte[] buffer, int size)
    {
        Array.Resize(ref buffer, Math.Max(size, buffer.Length));
        return buffer;
    }
}
