using System.Diagnostics;
using System.Threading.RateLimiting;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Observability;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Accounts;

/// <summary>
/// Hashes and checks passwords on a bounded number of threads, so that a wave of logins neither takes every processor nor
/// stops a grain's turn.
/// </summary>
public sealed class PasswordHashing : IDisposable
{
    private readonly PasswordHasher<object> _hasher;
    private readonly ConcurrencyLimiter _queue;
    private readonly Lazy<string> _decoy;
    private readonly PasswordOptions _options;

    public PasswordHashing(IOptions<PasswordOptions> options)
    {
        _options = options.Value;
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = _options.Iterations }));
        var parallelism = _options.Parallelism > 0 ? _options.Parallelism : Math.Max(1, Environment.ProcessorCount / 2);
        _queue = new(new()
        {
            PermitLimit = parallelism,
            QueueLimit = _options.MaxWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        });
        _decoy = new(() => _hasher.HashPassword(this, "a password that nobody has"));
    }

    /// <summary>Whether a new password is acceptable: None, Password (its length) or PasswordTooSimple.</summary>
    public Refusal Check(Secret password)
    {
        if (password.Value.Length < _options.MinLength || password.Value.Length > _options.MaxLength) return Refusal.Password;
        return password.Value.Distinct().Count() < _options.MinUniqueCharacters ? Refusal.PasswordTooSimple : Refusal.None;
    }

    /// <summary>The hash to store; null when too many are waiting, or it waited too long.</summary>
    public Task<string?> Hash(Secret password, CancellationToken cancellation = default) =>
        Run(() => _hasher.HashPassword(this, password.Value), null, cancellation);

    /// <summary>Compares with a stored hash; null stands for "there is none" and costs the same.</summary>
    /// <returns>Null when too many are waiting, or it waited too long.</returns>
    public Task<PasswordVerificationResult?> Verify(
        string? hash, Secret password, CancellationToken cancellation = default) => Run<PasswordVerificationResult?>(
        () =>
        {
            // A longer password is nobody's; hashing it would only cost time in proportion to its length.
            var result = _hasher.VerifyHashedPassword(
                this, hash ?? _decoy.Value, password.Value.Length <= _options.MaxLength ? password.Value : "");
            return hash is null || password.Value.Length > _options.MaxLength ? PasswordVerificationResult.Failed : result;
        },
        null,
        cancellation);

    public void Dispose() => _queue.Dispose();

    private async Task<T> Run<T>(Func<T> work, T busy, CancellationToken cancellation)
    {
        GrainMeters.PasswordWaits();
        try
        {
            // Not back to the grain: its turn must not decide when the next in the queue may begin.
            using var place = await Wait(cancellation).ConfigureAwait(false);
            if (place is not { IsAcquired: true }) return busy;
            var began = Stopwatch.GetTimestamp();
            var result = await Task.Run(work, cancellation).ConfigureAwait(false);
            GrainMeters.PasswordHashed(Stopwatch.GetElapsedTime(began));
            return result;
        }
        finally
        {
            GrainMeters.PasswordWaitsNoMore();
        }
    }

    private async Task<RateLimitLease?> Wait(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_options.MaxWait);
        try
        {
            return await _queue.AcquireAsync(1, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
