using System.Buffers;

namespace SocketIo.EngineIo;

/// <summary>Packets that wait to be sent. Holds nothing while it is empty. Guarded by the connection's lock.</summary>
internal struct SendQueue
{
    private const int FirstCapacity = 8;

    private EnginePacket[]? _packets;

    public int Count { get; private set; }

    public readonly bool IsEmpty => Count == 0;

    public void Add(EnginePacket packet)
    {
        if (_packets is null)
        {
            _packets = ArrayPool<EnginePacket>.Shared.Rent(FirstCapacity);
        }
        else if (Count == _packets.Length)
        {
            var larger = ArrayPool<EnginePacket>.Shared.Rent(Count * 2);
            _packets.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<EnginePacket>.Shared.Return(_packets, clearArray: true);
            _packets = larger;
        }

        _packets[Count++] = packet;
    }

    /// <summary>Takes everything out; the caller disposes of the batch.</summary>
    public Batch TakeAll()
    {
        var batch = new Batch(_packets, Count);
        _packets = null;
        Count = 0;
        return batch;
    }

    /// <summary>What was taken out of a queue.</summary>
    internal readonly struct Batch(EnginePacket[]? packets, int count) : IDisposable
    {
        public ReadOnlySpan<EnginePacket> Packets => packets.AsSpan(0, count);

        public int Count => count;

        public EnginePacket this[int index] => packets![index];

        public void Dispose()
        {
            if (packets is null) return;
            packets.AsSpan(0, count).Clear();
            ArrayPool<EnginePacket>.Shared.Return(packets);
        }
    }
}
