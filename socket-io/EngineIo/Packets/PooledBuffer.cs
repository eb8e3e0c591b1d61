using System.Buffers;

namespace SocketIo.EngineIo;

/// <summary>A growing buffer from the shared pool.</summary>
internal sealed class PooledBuffer(int capacity = PooledBuffer.UsualCapacity) : IBufferWriter<byte>, IDisposable
{
    private const int UsualCapacity = 4096;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    /// <summary>How much memory it holds, as far as it is more than usual.</summary>
    public int Held => _buffer.Length > UsualCapacity ? _buffer.Length : 0;

    public Memory<byte> Written => _buffer.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public void Clear() => Length = 0;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Append(byte value)
    {
        Reserve(1);
        _buffer[Length++] = value;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _buffer, []));

    private void Reserve(int size)
    {
        if (_buffer.Length - Length >= size) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + size));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
