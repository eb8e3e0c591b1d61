using System.Threading.RateLimiting;
using Gatehouse.Gateway.Observability;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Limits;

/// <summary>
/// What addresses and accounts may still do at this gateway. Whoever has done nothing for ten seconds and could do everything again is
/// forgotten.
/// </summary>
public sealed class Limiter : IDisposable
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    /// <summary>How many of a small limit may come at once.</summary>
    private const int LeastBurst = 100;

    /// <summary>How many of an address may wait for a place.</summary>
    private const int MaxWaiting = 500;

    private readonly LimitOptions _options;
    private readonly TimeProvider _time;
    private readonly PartitionedRateLimiter<Subject> _rates, _places;

    /// <summary>Of the addresses that have a connection, whose limits hold it, and of some that had one.</summary>
    private readonly Dictionary<string, WeakReference<Traffic>> _traffic = new(StringComparer.Ordinal);
    private int _enough = 1024;

    public Limiter(IOptions<LimitOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        _rates = PartitionedRateLimiter.Create<Subject, Subject>(Rate);
        _places = PartitionedRateLimiter.Create<Subject, Subject>(Place);
        foreach (var limit in Enum.GetValues<Limit>()) GatewayMeters.LimitExists(NameOf(limit));
    }

    /// <summary>The limits of a connection.</summary>
    /// <param name="address">Where it comes from.</param>
    public ConnectionLimits Connect(string address) =>
        new(this, address, new(_options.EventsPerSecond, _options.BytesPerSecond, _time), TrafficOf(address), _time);

    /// <summary>Takes a place where there are only so many at once, and does not wait for one.</summary>
    public Admission Occupy(Limit limit, string address) =>
        _places.AttemptAcquire(new(limit, address)) is { IsAcquired: true } free ? Admission.In(free) : Refuse(limit, MaxWait);

    /// <summary>
    /// Takes one of what an address may do, and waits for its turn if that comes soon, and for a place where there are only so many at once.
    /// </summary>
    /// <param name="limit">What is to be done.</param>
    /// <param name="address">From where.</param>
    /// <param name="account">Whose password is shown; null when that is not known.</param>
    /// <param name="gone">Cancelled when nobody waits for it any more; thrown.</param>
    public async ValueTask<Admission> Enter(Limit limit, string address, string? account, CancellationToken gone)
    {
        var turn = await WaitForTurn(limit, address, gone);
        if (turn.IsGranted && limit == Limit.Passwords && account is not null)
        {
            turn = await WaitForTurn(Limit.Accounts, account.ToUpperInvariant(), gone);
        }
        if (!turn.IsGranted) return turn;
        var place = await Acquire(_places, new(limit, address), gone);
        return place is { IsAcquired: true } ? Admission.In(place) : Refuse(limit, MaxWait);
    }

    public void Dispose()
    {
        _rates.Dispose();
        _places.Dispose();
    }

    /// <summary>A limit as the metric names it.</summary>
    internal static string NameOf(Limit limit) => limit switch
    {
        Limit.Handshakes => "handshakes",
        Limit.Connections => "connections",
        Limit.Events => "events",
        Limit.Bytes => "bytes",
        Limit.Registrations => "registrations",
        Limit.Guests => "guests",
        Limit.Passwords => "passwords",
        Limit.Accounts => "accounts",
        Limit.Devices => "devices",
        _ => "lookups",
    };

    /// <summary>Somebody did too much, and is refused or waits for it.</summary>
    internal static void Count(Limit limit) => GatewayMeters.LimitRefused(NameOf(limit));

    private static Admission Refuse(Limit limit, TimeSpan retryAfter)
    {
        Count(limit);
        return Admission.Refused(retryAfter);
    }

    private async ValueTask<Admission> WaitForTurn(Limit limit, string who, CancellationToken gone)
    {
        var turn = await Acquire(_rates, new(limit, who), gone);
        if (turn is null) return Refuse(limit, MaxWait);
        if (turn.IsAcquired) return Admission.Granted;
        return Refuse(limit, turn.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : _options.Window);
    }

    /// <summary>Acquires one at once, or as soon as there is one; null when that took too long.</summary>
    private static async ValueTask<RateLimitLease?> Acquire(
        PartitionedRateLimiter<Subject> limiter, Subject subject, CancellationToken gone)
    {
        if (limiter.AttemptAcquire(subject) is { IsAcquired: true } free) return free;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(gone);
        patience.CancelAfter(MaxWait);
        try
        {
            return await limiter.AcquireAsync(subject, 1, patience.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return null;
        }
    }

    private Traffic TrafficOf(string address)
    {
        lock (_traffic)
        {
            if (_traffic.TryGetValue(address, out var known) && known.TryGetTarget(out var traffic)) return traffic;
            traffic = new(_options.AddressEventsPerSecond, _options.AddressBytesPerSecond, _time);
            _traffic[address] = new(traffic);
            if (_traffic.Count <= _enough) return traffic;
            foreach (var (other, others) in _traffic)
            {
                if (!others.TryGetTarget(out _)) _traffic.Remove(other);
            }
            _enough = Math.Max(1024, 2 * _traffic.Count);
            return traffic;
        }
    }

    private RateLimitPartition<Subject> Rate(Subject subject)
    {
        var most = subject.Limit switch
        {
            Limit.Handshakes => _options.Handshakes,
            Limit.Registrations => _options.Registrations,
            Limit.Guests => _options.Guests,
            Limit.Passwords => _options.Passwords,
            Limit.Accounts => _options.Accounts,
            Limit.Devices => _options.Devices,
            Limit.LookUps => _options.LookUps,
            _ => 0,
        };
        if (most == 0) return RateLimitPartition.GetNoLimiter(Subject.Nobody);
        var soon = (int)Math.Min(most, most * (MaxWait / _options.Window));
        return RateLimitPartition.GetTokenBucketLimiter(subject, _ => new()
        {
            TokenLimit = Math.Max(soon, Math.Min(most, LeastBurst)),
            TokensPerPeriod = 1,
            ReplenishmentPeriod = new TimeSpan(Math.Max(1, _options.Window.Ticks / most)),
            // Whoever would wait for longer is told at once.
            QueueLimit = soon,
        });
    }

    private RateLimitPartition<Subject> Place(Subject subject)
    {
        var most = subject.Limit switch
        {
            Limit.Connections => _options.Connections,
            Limit.Registrations => _options.RegistrationsAtOnce,
            Limit.Passwords => _options.PasswordsAtOnce,
            _ => 0,
        };
        return most == 0
            ? RateLimitPartition.GetNoLimiter(Subject.Nobody)
            : RateLimitPartition.GetConcurrencyLimiter(subject, _ => new() { PermitLimit = most, QueueLimit = MaxWaiting });
    }

    /// <summary>Who is limited in what.</summary>
    private readonly record struct Subject(Limit Limit, string Who)
    {
        public static Subject Nobody => new(default, "");
    }
}
