using System.Collections.Immutable;
using System.Diagnostics;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Rooms;

/// <summary>What is pushed to one gateway of a room. While it takes one update, what follows gathers for the next.</summary>
internal sealed class RoomFeed(string gatewayId, long sequence, DateTimeOffset now)
{
    /// <summary>A gateway that takes nothing any more reads what it missed when it comes back.</summary>
    private const int MaxWaiting = 4096;

    /// <summary>Most bytes of messages that go together, see <see cref="RoomMessage.Size"/>: an update must fit into its members' queues.</summary>
    private const int MaxSize = 1024 * 1024;

    /// <summary>Most spans that are linked to; of messages that are left out nobody is told.</summary>
    private const int MaxCallers = 128;

    private ImmutableArray<RoomMessage>.Builder? _messages;
    private ImmutableArray<RoomNotice>.Builder? _notices;
    private List<Activity>? _callers;
    private int _size;

    /// <summary>The newest message that was pushed, or left out.</summary>
    private long _delivered = sequence;
    private long _newest;

    /// <summary>Whether messages are left out. From the first on all are, until the gateway has been told up to which.</summary>
    private bool _isLeavingOut;

    public string GatewayId => gatewayId;

    /// <summary>When the last sign of life came from the gateway.</summary>
    public DateTimeOffset LastHeartbeat { get; set; } = now;

    /// <summary>Members that the gateway does not know of, and since when that is known here.</summary>
    public Dictionary<string, DateTimeOffset> Unnamed { get; set; } = [];

    /// <summary>Whether an update is on its way just now.</summary>
    public bool IsBusy { get; set; }

    /// <summary>How many calls of the gateway are under way whose replies will tell it the news.</summary>
    public int Posts { get; set; }

    /// <summary>Whether anything has gathered.</summary>
    public bool HasNews => _messages is not null || _notices is not null || _isLeavingOut;

    public void Add(IReadOnlyList<RoomMessage> messages)
    {
        NoteCaller();
        foreach (var message in messages)
        {
            _newest = message.Sequence;
            _isLeavingOut |= _messages is { Count: var count } && (count == MaxWaiting || _size + message.Size() > MaxSize);
            if (_isLeavingOut) continue;
            (_messages ??= ImmutableArray.CreateBuilder<RoomMessage>()).Add(message);
            _size += message.Size();
        }
    }

    public void Add(RoomNotice notice)
    {
        NoteCaller();
        _notices ??= ImmutableArray.CreateBuilder<RoomNotice>();
        if (_notices.Count < MaxWaiting) _notices.Add(notice);
    }

    /// <summary>What has gathered; null when nothing has.</summary>
    /// <param name="room">The room.</param>
    /// <param name="activation">Which life of it this is.</param>
    /// <param name="callers">The spans in which it was done that is told.</param>
    public RoomUpdate? Take(string room, string activation, out IReadOnlyList<Activity> callers)
    {
        callers = [];
        if (!HasNews) return null;
        (callers, _callers) = (_callers ?? callers, null);
        // After the last one before those that were left out: this shows the gap, and the gateway reads them.
        if (_messages is null && _isLeavingOut) (_delivered, _isLeavingOut) = (_newest, false);
        var update = new RoomUpdate(
            room, activation, _delivered, _messages?.DrainToImmutable() ?? [], _notices?.DrainToImmutable() ?? []);
        if (update.Messages is [.., var last]) _delivered = last.Sequence;
        (_messages, _notices, _size) = (null, null, 0);
        return update;
    }

    private void NoteCaller()
    {
        if (Activity.Current is { } caller && _callers is not { Count: MaxCallers }) (_callers ??= []).Add(caller);
    }
}
