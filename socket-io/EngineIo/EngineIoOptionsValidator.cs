using Microsoft.Extensions.Options;

namespace SocketIo.EngineIo;

internal class EngineIoOptionsValidator<TOptions> : IValidateOptions<TOptions> where TOptions : EngineIoOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var failures = new List<string>();
        Check(options, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    protected virtual void Check(TOptions options, List<string> failures)
    {
        CheckTime(options.PingInterval, nameof(options.PingInterval), failures);
        CheckTime(options.PingTimeout, nameof(options.PingTimeout), failures);
        CheckTime(options.UpgradeTimeout, nameof(options.UpgradeTimeout), failures);
        CheckTime(options.CloseTimeout, nameof(options.CloseTimeout), failures);
        CheckPositive(options.MaxPayload, nameof(options.MaxPayload), failures);
        CheckPositive(options.MaxReceivedBytes, nameof(options.MaxReceivedBytes), failures);
        CheckTime(options.ReceiveTimeout, nameof(options.ReceiveTimeout), failures);
        CheckPositive(options.MaxConnections, nameof(options.MaxConnections), failures);
        CheckPositive(options.MaxQueuedBytes, nameof(options.MaxQueuedBytes), failures);
        CheckPositive(options.MaxQueuedMessages, nameof(options.MaxQueuedMessages), failures);
        if (options.Transports == 0 || (options.Transports & ~EngineTransports.All) != 0)
            failures.Add($"{nameof(options.Transports)} must name one transport or both.");
        if (!Enum.IsDefined(options.SlowConsumerPolicy))
            failures.Add($"{nameof(options.SlowConsumerPolicy)} is not a known policy.");
        if (options.Cookie is { Name: null or "" }) failures.Add($"{nameof(options.Cookie)} needs a name.");
        foreach (var origin in options.AllowedOrigins)
        {
            if (!OriginPolicy.IsValid(origin))
                failures.Add($"{nameof(options.AllowedOrigins)}: '{origin}' is neither of the form https://host[:port] nor *, null or file://.");
        }
    }

    protected static void CheckTime(TimeSpan value, string name, List<string> failures)
    {
        if (value < TimeSpan.FromMilliseconds(1) || value > Longest)
            failures.Add($"{name} must be between a millisecond and a day, not {value}.");
    }

    protected static void CheckPositive(int value, string name, List<string> failures)
    {
        if (value < 1) failures.Add($"{name} must be at least 1, not {value}.");
    }
}
