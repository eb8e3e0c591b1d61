using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Gateways;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>
/// Which sessions of this process have to be looked after before they may act: those that a wake-up names, until that has succeeded, and all
/// for as long as the lease is not held.
/// </summary>
public sealed partial class SessionRevalidation(
    LocalSessions sessions, IGrainFactory grains, GatewayIdentity gateway, TimeProvider time, ILogger<SessionRevalidation> logger)
{
    /// <summary>How many are looked after at once: of those that have news, and of those that may have.</summary>
    private const int AtOnce = 32, UnhurriedAtOnce = 4;
    private const int AcknowledgedAtOnce = 1000;

    /// <summary>For so long a connection may be on its way to a session that is not here: no call takes longer.</summary>
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, DueLook> _due = new();
    private readonly ConcurrentQueue<SessionWake> _done = new();
    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <summary>
    /// When a silo was lost these are all, and its grains begin anew: whoever wants something then, and is looked after before anybody else for
    /// that, must not wait behind them.
    /// </summary>
    private readonly SemaphoreSlim _unhurriedPlaces = new(UnhurriedAtOnce);
    private long _heldSince = long.MinValue;
    private long _lease;

    /// <summary>Whether the lease holds: then everything that was stored before its last renewal is known here.</summary>
    public bool IsLeaseHeld => time.GetTimestamp() < Volatile.Read(ref _heldSince) + Volatile.Read(ref _lease);

    private IGatewayGrain Grain => grains.Gateway(gateway.Id);

    /// <summary>The lease was renewed, and all wake-ups that it came with are known here.</summary>
    /// <param name="asked">The timestamp at which it was asked for.</param>
    /// <param name="lease">For how long it holds from then on.</param>
    public void Renewed(long asked, TimeSpan lease)
    {
        Volatile.Write(ref _lease, (long)(lease.TotalSeconds * time.TimestampFrequency));
        Volatile.Write(ref _heldSince, asked);
    }

    /// <summary>The timestamp after which a session must have been looked after, so that it may act now; null when it may in any case.</summary>
    public long? DueSince(string sessionId)
    {
        long? due = _due.TryGetValue(sessionId, out var look) ? look.Since : null;
        if (IsLeaseHeld) return due;
        var leaseAgo = time.GetTimestamp() - Volatile.Read(ref _lease);
        return due > leaseAgo ? due : leaseAgo;
    }

    /// <summary>These sessions have news. Looks after them without waiting, and again and again until it succeeds.</summary>
    public void Require(ImmutableArray<SessionWake> wakes)
    {
        foreach (var (sessionId, number) in wakes)
        {
            var now = time.GetTimestamp();
            _due.AddOrUpdate(
                sessionId,
                _ => new DueLook(number, now, new Turn()),
                (_, known) => known.Number >= number ? known
                    // That one may wait for a place among the unhurried.
                    : known.Number == 0 ? new DueLook(number, now, new Turn())
                    : known with { Number = number, Since = now });
            _ = Look(sessionId);
        }
    }

    /// <summary>This process may have counted as gone: no session may act before it was looked after.</summary>
    public void RequireAll()
    {
        foreach (var sessionId in sessions.Ids) Demand(sessionId);
    }

    /// <summary>A connection has come to a session: what happened while it was on its way may have been told to nobody here.</summary>
    public void Require(string sessionId)
    {
        Demand(sessionId);
        _ = Look(sessionId);
    }

    /// <summary>
    /// Learns of what nobody has pushed, such as a ban in SQL, or a push that was lost. To be called again and again; while the lease is not
    /// held, its renewal brings them.
    /// </summary>
    public async Task Read()
    {
        // What is about to be acknowledged is still there.
        if (!IsLeaseHeld || await Grain.GetWakes(after: 0) is not { IsEmpty: false } wakes) return;
        var done = _done.ToHashSet();
        Require(wakes.RemoveAll(done.Contains));
    }

    /// <summary>Repeats what has failed, and tells the grain what has succeeded. To be called again and again.</summary>
    public async Task Retry()
    {
        foreach (var sessionId in _due.Keys) _ = Look(sessionId);
        while (!_done.IsEmpty) await Acknowledge();
    }

    private void Demand(string sessionId)
    {
        var now = time.GetTimestamp();
        _due.AddOrUpdate(sessionId, _ => new DueLook(0, now, new Turn()), (_, known) => known with { Since = now });
    }

    /// <summary>Looks after a session, one look at a time, for as long as there is news of it. Never throws.</summary>
    private async Task Look(string sessionId)
    {
        var isDone = true;
        while (isDone && _due.TryGetValue(sessionId, out var due) && due.Turn.Begin())
        {
            var places = due.Number > 0 ? _places : _unhurriedPlaces;
            await places.WaitAsync();
            try
            {
                isDone = await LookOnce(sessionId, due);
            }
            catch (Exception failure)
            {
                isDone = false;
                if (due.Turn.Failures++ == 0) LogFailed(failure.Message);
            }
            finally
            {
                places.Release();
                due.Turn.End();
            }
        }
    }

    private async Task<bool> LookOnce(string sessionId, DueLook due)
    {
        var listeners = sessions.Find(sessionId);
        await Task.WhenAll(listeners.Select(listener => listener.Revalidate()));
        if (listeners.IsEmpty && time.GetElapsedTime(due.Since) < Arrival) return false;
        if (_due.TryRemove(new(sessionId, due)) && due.Number > 0) _done.Enqueue(new SessionWake(sessionId, due.Number));
        return true;
    }

    private async Task Acknowledge()
    {
        var some = new List<SessionWake>();
        while (some.Count < AcknowledgedAtOnce && _done.TryDequeue(out var wake)) some.Add(wake);
        try
        {
            await Grain.Acknowledge([.. some]);
        }
        catch
        {
            foreach (var wake in some) _done.Enqueue(wake);
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A session could not be looked after; until that succeeds it cannot act: {Reason}")]
    private partial void LogFailed(string reason);

    /// <summary>A session has to be looked after.</summary>
    /// <param name="Number">Of the newest wake-up; 0 when there is none.</param>
    /// <param name="Since">The timestamp at which that was known.</param>
    /// <param name="Turn">The one look that is under way.</param>
    private sealed record DueLook(long Number, long Since, Turn Turn);

    private sealed class Turn
    {
        private int _isTaken;

        /// <summary>How often it has failed so far.</summary>
        public int Failures { get; set; }

        public bool Begin() => Interlocked.Exchange(ref _isTaken, 1) == 0;

        public void End() => Volatile.Write(ref _isTaken, 0);
    }
}
