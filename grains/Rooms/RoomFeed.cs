using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Rooms;

/// <summary>What is pushed to one gateway of a room. While it takes one update, what follows gathers for the next.</summary>
internal sealed class RoomFeed(string gatewayId, long sequence, DateTimeOffset now)
{
    /// <summary>A gateway that takes nothing any more reads what it missed when it comes back.</summary>
    private const int MaxWaiting = 4096;

    private ImmutableArray<RoomMessage>.Builder? _messages;
    private ImmutableArray<RoomNotice>.Builder? _notices;
    /// <summary>The newest message that was pushed, or left out.</summary>
    private long _delivered = sequence;
    private long _newest;

    public string GatewayId => gatewayId;

    /// <summary>When the last sign of life came from the gateway.</summary>
    public DateTimeOffset LastHeartbeat { get; set; } = now;

    /// <summary>Members that the gateway does not know of, and since when that is known here.</summary>
    public Dictionary<string, DateTimeOffset> Unnamed { get; set; } = [];

    /// <summary>Whether an update is on its way just now.</summary>
    public bool IsBusy { get; set; }

    public void Add(IReadOnlyList<RoomMessage> messages)
    {
        _messages ??= ImmutableArray.CreateBuilder<RoomMessage>();
        if (_messages.Count < MaxWaiting) _messages.AddRange(messages);
        // Left out or not: so the next update shows a gap, and the gateway reads what it missed.
        _newest = messages[^1].Sequence;
    }

    public void Add(RoomNotice notice)
    {
        _notices ??= ImmutableArray.CreateBuilder<RoomNotice>();
        if (_notices.Count < MaxWaiting) _notices.Add(notice);
    }

    /// <summary>What has gathered; null when nothing has.</summary>
    public RoomUpdate? Take(string room, string activation)
    {
        if (_messages is null && _notices is null) return null;
        var update = new RoomUpdate(
            room, activation, _delivered, _messages?.DrainToImmutable() ?? [], _notices?.DrainToImmutable() ?? []);
        if (_messages is not null) _delivered = _newest;
        (_messages, _notices) = (null, null);
        return update;
    }
}
