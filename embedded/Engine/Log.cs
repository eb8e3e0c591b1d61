using Microsoft.Extensions.Logging;

namespace Orleans.Engine;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "Grain {Grain} could not be activated.")]
    public static partial void ActivationFailed(this ILogger logger, Exception exception, Activation grain);

    [LoggerMessage(2, LogLevel.Error, "Grain {Grain} did not end in order.")]
    public static partial void DeactivationFailed(this ILogger logger, Exception exception, Activation grain);

    [LoggerMessage(3, LogLevel.Error, "A timer of grain {Grain} failed.")]
    public static partial void TimerFailed(this ILogger logger, Exception exception, Activation grain);

    [LoggerMessage(4, LogLevel.Error, "The one-way call {Call} failed.")]
    public static partial void OneWayCallFailed(this ILogger logger, Exception exception, Request call);

    [LoggerMessage(5, LogLevel.Warning, "{Observer} is too slow; {Count} calls to it have been dropped so far.")]
    public static partial void ObserverCallsDropped(this ILogger logger, Reference observer, int count);
}
