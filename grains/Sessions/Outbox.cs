using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.Grains.Sessions;

/// <summary>
/// The numbered events of a session that its client has not acknowledged. A view of the session's state, which is what is stored.
/// </summary>
/// <param name="state">The session.</param>
/// <param name="limit">How many events are kept; the oldest go first.</param>
public readonly ref struct Outbox(SessionState state, int limit)
{
    /// <summary>Adds an event that says who the session is logged in as now.</summary>
    public SessionEvent Append(SessionEventKind kind, IssuedToken? token = null, bool isBanned = false)
    {
        var entry = new SessionEvent(++state.Sequence, kind, state.Login, state.UserId, state.UserName, token, isBanned);
        state.Outbox.Add(entry);
        if (state.Outbox.Count > limit) state.Outbox.RemoveRange(0, state.Outbox.Count - limit);
        return entry;
    }

    /// <summary>The client has seen every event up to this number: they leave.</summary>
    public void Acknowledge(long sequence) => state.Outbox.RemoveAll(entry => entry.Sequence <= sequence);

    /// <summary>What a client misses that has seen the events up to this number.</summary>
    public ImmutableArray<SessionEvent> After(long sequence) => [.. state.Outbox.Where(entry => entry.Sequence > sequence)];

    /// <summary>Whether nothing is lacking of what such a client misses.</summary>
    public bool HasAllAfter(long sequence) => sequence >= state.Sequence - state.Outbox.Count && sequence <= state.Sequence;

    /// <summary>Lets a session that has had no event yet count on from what its client has seen of one that was forgotten.</summary>
    public void CountOnFrom(long sequence)
    {
        if (state.Sequence == 0) state.Sequence = sequence;
    }
}
