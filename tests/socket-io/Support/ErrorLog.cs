using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SocketIo.Tests.Support;

/// <summary>Keeps what is logged: everything for those who look for secrets, errors for everybody.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _all = new();

    /// <summary>Every line of the library, whatever its level.</summary>
    public IReadOnlyCollection<string> All => _all;

    /// <summary>The errors since the last call.</summary>
    public List<string> TakeAll()
    {
        var taken = new List<string>();
        while (_errors.TryDequeue(out var error)) taken.Add(error);
        return taken;
    }

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("SocketIo", StringComparison.Ordinal) ? this : new ServerErrors(this);

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{formatter(state, exception)} {exception}";
        _all.Enqueue(line);
        if (logLevel >= LogLevel.Error) _errors.Enqueue(line);
    }

    public void Dispose()
    {
    }

    /// <summary>Of the web server only the errors matter.</summary>
    private sealed class ServerErrors(ErrorLog log) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log._errors.Enqueue($"{formatter(state, exception)} {exception}");
        }
    }
}
