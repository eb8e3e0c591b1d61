using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace SocketIo.EngineIo;

/// <summary>What a client has sent: a whole message or a control frame.</summary>
/// <param name="Opcode">Text, Binary, Ping, Pong or Close.</param>
/// <param name="Data">The payload, valid until the decoder's next move.</param>
internal readonly record struct WebSocketMessage(WebSocketOpcode Opcode, Memory<byte> Data);

/// <summary>
/// Makes messages of the bytes of a client. Holds no memory while there is none to hold; its buffers grow with what has arrived, not
/// with what a header announces.
/// </summary>
internal sealed class WebSocketDecoder(int maxMessage) : IDisposable
{
    private const int FirstBuffer = 4096;

    private byte[]? _buffer;
    private int _start;
    private int _end;
    private byte[]? _fragments;
    private int _fragmentsLength;
    private WebSocketOpcode _fragmentsOpcode;

    /// <summary>Whether no byte waits for others to come.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>How much memory is held for messages that are longer than most.</summary>
    public int Held => Larger(_buffer) + Larger(_fragments);

    /// <summary>Where the next bytes are to be written.</summary>
    public Memory<byte> GetMemory()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        }
        else if (_end == _buffer.Length)
        {
            // Full of one frame's beginning: it needs more room. Otherwise only the beginning of the buffer is free.
            var target = _start == 0 ? ArrayPool<byte>.Shared.Rent(_buffer.Length * 2) : _buffer;
            Array.Copy(_buffer, _start, target, 0, _end - _start);
            if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = target;
            _end -= _start;
            _start = 0;
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>So many bytes have been written.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>Takes the next message out; false if it has not come yet as a whole.</summary>
    /// <exception cref="EngineProtocolException">The client breaks RFC 6455, or a limit.</exception>
    public bool TryRead(out WebSocketMessage message)
    {
        if (_fragmentsOpcode == 0) ReleaseFragments();
        while (TryReadHeader(out var header) && _end - _start >= header.Size + header.Payload)
        {
            var payload = _buffer.AsMemory(_start + header.Size, header.Payload);
            _start += header.Size + header.Payload;
            WebSocketFrame.Unmask(payload.Span, header.Mask);
            if (TryComplete(header, payload, out message)) return true;
        }

        message = default;
        if (IsEmpty) ReleaseBuffer();
        return false;
    }

    public void Dispose()
    {
        ReleaseBuffer();
        ReleaseFragments();
    }

    private bool TryReadHeader(out Header header)
    {
        header = default;
        var data = _buffer.AsSpan(_start, _end - _start);
        if (data.Length < 2) return false;
        var opcode = (WebSocketOpcode)(data[0] & 0x0F);
        var isFinal = (data[0] & 0x80) != 0;
        if ((data[0] & 0x70) != 0) throw Violation("a reserved bit is set");
        if ((data[1] & 0x80) == 0) throw Violation("a frame is not masked");
        CheckOrder(opcode, isFinal);

        long payload = data[1] & 0x7F;
        var size = 2;
        if (opcode >= WebSocketOpcode.Close && payload > WebSocketFrame.MaxControlPayload)
            throw Violation("a control frame is too long");
        if (payload == 126)
        {
            if (data.Length < 4) return false;
            payload = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
            size = 4;
        }
        else if (payload == 127)
        {
            if (data.Length < 10) return false;
            payload = BinaryPrimitives.ReadInt64BigEndian(data[2..]);
            size = 10;
        }

        var before = opcode == WebSocketOpcode.Continuation ? _fragmentsLength : 0;
        if (payload < 0 || payload > maxMessage - before)
            throw new EngineProtocolException(DisconnectReason.PayloadTooLarge, WebSocketCloseCode.TooBig, "a message is too big");
        if (data.Length < size + 4) return false;
        header = new(opcode, isFinal, size + 4, (int)payload, BitConverter.ToUInt32(data[size..]));
        return true;
    }

    private void CheckOrder(WebSocketOpcode opcode, bool isFinal)
    {
        switch (opcode)
        {
            case WebSocketOpcode.Text or WebSocketOpcode.Binary:
                if (_fragmentsOpcode != 0) throw Violation("a message begins inside another");
                break;
            case WebSocketOpcode.Continuation:
                if (_fragmentsOpcode == 0) throw Violation("a continuation without a beginning");
                break;
            case WebSocketOpcode.Close or WebSocketOpcode.Ping or WebSocketOpcode.Pong:
                if (!isFinal) throw Violation("a control frame is fragmented");
                break;
            default:
                throw Violation("unknown opcode");
        }
    }

    private bool TryComplete(in Header header, Memory<byte> payload, out WebSocketMessage message)
    {
        message = new(header.Opcode, payload);
        if (header.Opcode >= WebSocketOpcode.Close) return true;
        if (header.Opcode == WebSocketOpcode.Continuation || !header.IsFinal)
        {
            if (header.Opcode != WebSocketOpcode.Continuation) _fragmentsOpcode = header.Opcode;
            AppendFragment(payload.Span);
            if (!header.IsFinal) return false;
            message = new(_fragmentsOpcode, _fragments.AsMemory(0, _fragmentsLength));
            _fragmentsOpcode = 0;
        }

        if (message.Opcode == WebSocketOpcode.Text && !Utf8.IsValid(message.Data.Span))
            throw new EngineProtocolException(DisconnectReason.ParseError, WebSocketCloseCode.InvalidPayload, "a text is not UTF-8");
        return true;
    }

    private void AppendFragment(ReadOnlySpan<byte> part)
    {
        var length = _fragmentsLength + part.Length;
        if (_fragments is null || _fragments.Length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, FirstBuffer));
            _fragments.AsSpan(0, _fragmentsLength).CopyTo(larger);
            if (_fragments is not null) ArrayPool<byte>.Shared.Return(_fragments);
            _fragments = larger;
        }

        part.CopyTo(_fragments.AsSpan(_fragmentsLength));
        _fragmentsLength = length;
    }

    private void ReleaseFragments()
    {
        if (_fragments is not null) ArrayPool<byte>.Shared.Return(_fragments);
        _fragments = null;
        _fragmentsLength = 0;
    }

    private void ReleaseBuffer()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
    }

    private static int Larger(byte[]? buffer) => buffer is { Length: > FirstBuffer } ? buffer.Length : 0;

    private static EngineProtocolException Violation(string text) =>
        new(DisconnectReason.TransportError, WebSocketCloseCode.ProtocolError, text);

    private readonly record struct Header(WebSocketOpcode Opcode, bool IsFinal, int Size, int Payload, uint Mask);
}
