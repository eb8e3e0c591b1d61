namespace SocketIo;

/// <summary>Bounds of <see cref="InMemoryRecoveryStore"/>.</summary>
public sealed class InMemoryRecoveryOptions
{
    /// <summary>How long a lost socket can come back. Default 2 minutes.</summary>
    public TimeSpan MaxDisconnection { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Most events remembered for each namespace. Default 10,000.</summary>
    public int MaxEvents { get; set; } = 10_000;

    /// <summary>Most bytes of those events. Default 16 MiB.</summary>
    public long MaxBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most lost sockets remembered in all; beyond that a further one cannot come back. Default 100,000.</summary>
    public int MaxLostSockets { get; set; } = 100_000;
}
