using System.Collections.Concurrent;
using Gatehouse.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// The connections of all transports. Before the process stops their clients are told to move, one after the other, so that the other
/// processes do not get all of them at once, and each when it has the answer that it waits for.
/// </summary>
public sealed partial class OpenConnections(IOptions<DrainOptions> options, TimeProvider time, ILogger<OpenConnections> logger) : IDrained
{
    /// <summary>
    /// So many a second are no burden, half a core at most for whoever takes them: a few connections do not take the whole window.
    /// </summary>
    private const int Harmless = 50;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long whoever was told has to go by itself.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>How long after the window somebody's answer is still waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Spoken> _connections = new();

    /// <summary>A connection is open.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="protocol">What is spoken on it.</param>
    public void Add(IConnection connection, IEventProtocol protocol) => _connections[connection.Id] = new Spoken(connection, protocol);

    /// <summary>A connection is open no more.</summary>
    public void Remove(IConnection connection) => _connections.TryRemove(connection.Id, out _);

    public async Task Drain(CancellationToken hurry)
    {
        var leaving = _connections.Values.ToArray();
        if (leaving.Length == 0) return;
        Random.Shared.Shuffle(leaving);
        var window = TimeSpan.FromSeconds(Math.Min(options.Value.DrainWindow.TotalSeconds, (double)leaving.Length / Harmless));
        LogDraining(leaving.Length, window.TotalSeconds);
        var began = time.GetTimestamp();
        var due = new List<Spoken>();
        var (chosen, toldLast) = (0, window);
        while (!_connections.IsEmpty && !hurry.IsCancellationRequested)
        {
            var passed = time.GetElapsedTime(began);
            var share = passed >= window ? leaving.Length : (int)(leaving.Length * (passed / window));
            due.AddRange(leaving.AsSpan(chosen, share - chosen));
            chosen = share;
            for (var index = due.Count - 1; index >= 0; index--)
            {
                // Whoever waits for an answer has it first.
                if (due[index].Protocol.IsBusy && passed < window + Patience) continue;
                _ = due[index].Connection.MoveAway();
                due.RemoveAt(index);
                if (passed > window) toldLast = passed;
            }
            if (chosen == leaving.Length && due.Count == 0 && passed >= toldLast + Farewell) break;
            await Task.Delay(Pause, time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Information, "About to stop: {Count} connections are told to move within {Seconds} s.")]
    private partial void LogDraining(int count, double seconds);

    private sealed record Spoken(IConnection Connection, IEventProtocol Protocol);
}
