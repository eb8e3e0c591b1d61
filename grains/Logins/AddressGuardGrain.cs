using Gatehouse.GrainInterfaces.Logins;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Logins;

public sealed class AddressGuardGrain(TimeProvider time, IOptions<LoginOptions> options) : Grain, IAddressGuardGrain
{
    private readonly LoginOptions _options = options.Value;
    private DateTimeOffset _windowBegan;
    private DateTimeOffset _shutUntil;
    private int _failures;

    public Task<bool> IsShut() => Task.FromResult(_shutUntil > time.GetUtcNow());

    public Task<bool> RecordFailure()
    {
        var now = time.GetUtcNow();
        if (_shutUntil > now) return Task.FromResult(false);
        if (now - _windowBegan > _options.Window)
        {
            _windowBegan = now;
            _failures = 0;
        }
        if (++_failures >= _options.AddressFailures)
        {
            _shutUntil = now + _options.LockDuration;
            _failures = 0;
        }
        // As long as there is something to remember, this activation must not be collected.
        DelayDeactivation(_options.Window + _options.LockDuration);
        return Task.FromResult(true);
    }
}
