using Microsoft.Extensions.Logging;

namespace Gatehouse.Embedded.Tests.Support;

/// <summary>The engine's log as events: the message and, if there is one, the exception's message.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    public Events Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Add(exception is null ? formatter(state, null) : $"{formatter(state, exception)} {exception.Message}");

    public void Dispose()
    {
    }
}
