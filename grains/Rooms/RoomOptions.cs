using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Grains.Rooms;

/// <summary>Settings <c>Gatehouse:Room</c>.</summary>
public sealed class RoomOptions
{
    /// <summary>Whether a nickname that no account holds may enter as a guest, with any password.</summary>
    public bool Open { get; set; }

    /// <summary>Names of rooms whose messages are not stored; <c>*</c> stands for anything, as in <c>live-*</c>.</summary>
    public string[] Ephemeral { get; set; } = [];

    /// <summary>How long messages are kept.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The longest message: its JSON, in bytes of UTF-8.</summary>
    [Range(256, 1_000_000)]
    public int MaxMessageLength { get; set; } = 65_536;

    /// <summary>How many messages a room keeps in memory, for gateways that missed some.</summary>
    [Range(16, 100_000)]
    public int Recent { get; set; } = 512;

    /// <summary>Most bytes of memory that those take.</summary>
    [Range(65_536, 1_073_741_824)]
    public int RecentSize { get; set; } = 1_048_576;

    /// <summary>Most bytes of memory that those of all rooms take, in one process; beyond, the rooms forget that were not needed for longest.</summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long RecentTotal { get; set; } = 67_108_864;

    /// <summary>How many messages may wait to be stored, in one process; further ones are refused.</summary>
    [Range(16, 10_000_000)]
    public int MaxWaiting { get; set; } = 20_000;

    /// <summary>Most bytes of memory that those take.</summary>
    [Range(1_048_576, 1_073_741_824)]
    public int MaxWaitingSize { get; set; } = 33_554_432;
}
