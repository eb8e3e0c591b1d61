using System.Collections.Concurrent;
using Gatehouse.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// The connections of all transports. Before the process stops their clients are told to move, one after the other, so that the other
/// processes do not get all of them at once.
/// </summary>
public sealed partial class OpenConnections(IOptions<DrainOptions> options, TimeProvider time, ILogger<OpenConnections> logger) : IDrained
{
    /// <summary>So many a second are no burden: a few connections do not take the whole window.</summary>
    private const int Harmless = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long whoever was told has to go by itself.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, IConnection> _connections = new();

    public void Add(IConnection connection) => _connections[connection.Id] = connection;

    public void Remove(IConnection connection) => _connections.TryRemove(connection.Id, out _);

    public async Task Drain(CancellationToken hurry)
    {
        var leaving = _connections.Values.ToArray();
        if (leaving.Length == 0) return;
        Random.Shared.Shuffle(leaving);
        var seconds = Math.Min(options.Value.DrainWindow.TotalSeconds, (double)leaving.Length / Harmless);
        LogDraining(leaving.Length, seconds);
        var (began, told) = (time.GetTimestamp(), 0);
        while (!_connections.IsEmpty && !hurry.IsCancellationRequested)
        {
            var passed = time.GetElapsedTime(began);
            if (passed >= TimeSpan.FromSeconds(seconds) + Farewell) break;
            var due = passed.TotalSeconds >= seconds ? leaving.Length : leaving.Length * passed.TotalSeconds / seconds;
            while (told < due) _ = leaving[told++].MoveAway();
            await Task.Delay(Pause, time, hurry).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Information, "About to stop: {Count} connections are told to move within {Seconds} s.")]
    private partial void LogDraining(int count, double seconds);
}
