using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Cluster;

/// <summary>
/// Asks each second, by each of this process's connections to silos, whether it still leads to one. Of a line that is cut while both of its ends
/// live nobody else tells: TCP tries for a quarter of an hour, and every call on it would wait for its time-out of 30 s. A silo that
/// cannot be reached is avoided until it can be: its grains are reached by way of the others.
/// </summary>
internal sealed partial class SiloProbes(IServiceProvider services, TimeProvider time, ILogger<SiloProbes> logger) : BackgroundService
{
    private const int MaxNumbers = 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Whoever has answered once and has not for so long cannot be reached. On a busy machine an answer may take a second or two.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    /// <summary>If nobody has answered for so long, the fault is, or was, here: of a frozen process, and of one that was cut off from all.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>After so long more the silo has noticed too that the line is cut, and answers by way of others, see <c>SilentGateways</c>.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Uri, Line> _lines = new();

    /// <summary>Until then answers to what was sent may go by a line that was given up here, and be lost.</summary>
    public Task SilosHaveNoticed { get; private set; } = Task.CompletedTask;

    /// <summary>Of the silos that are active, those that can be reached from here; at least one.</summary>
    public IList<Uri> Reachable(IList<Uri> active)
    {
        foreach (var gone in _lines.Keys.Except(active)) _lines.TryRemove(gone, out _);
        foreach (var silo in active) _lines.TryAdd(silo, new Line());
        if (_lines.Values.Any(IsSteady))
        {
            foreach (var (silo, line) in _lines)
            {
                if (line is { IsAvoided: true } or { HeardAt: 0 } || IsHeardWithin(line, Silence)) continue;
                (line.IsAvoided, line.Number) = (true, null);
                LogAvoided(silo);
                SilosHaveNoticed = Task.Delay(Notice, time);
                _ = AwaitReturn(silo, line);
            }
        }
        return [.. active.Where(silo => !(_lines.TryGetValue(silo, out var line) && line.IsAvoided))];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var number = 0;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var lines = _lines.Values;
            foreach (var known in lines.Select(line => line.Number).OfType<int>()) Ask(known).Ignore();
            if (lines.All(line => line.IsAvoided || line.Number is not null)) continue;
            // New numbers take the lines in turn.
            for (var tries = 2 * lines.Count; tries > 0; tries--) Ask(number = (number + 1) % MaxNumbers).Ignore();
        }
    }

    /// <summary>Which line a number takes is known from the answer, and stays so for as long as the line does.</summary>
    private async Task Ask(int number)
    {
        var answered = await services.GetRequiredService<IGrainFactory>().SiloProbe(number).Answer();
        foreach (var (silo, line) in _lines)
        {
            // In the table its port is the one for gateways.
            if (silo.DnsSafeHost + silo.AbsolutePath == answered)
            {
                var now = time.GetTimestamp();
                if (!IsHeardWithin(line, Freshness)) line.SteadySince = now;
                line.HeardAt = now;
                line.Number ??= number;
            }
            else if (line.Number == number)
            {
                line.Number = null;
            }
        }
    }

    private async Task AwaitReturn(Uri silo, Line line)
    {
        do
        {
            await Task.Delay(Freshness, time);
        }
        while (_lines.ContainsKey(silo) && !await CanConnect(new(IPAddress.Parse(silo.DnsSafeHost), silo.Port)));
        line.HeardAt = 0;
        line.IsAvoided = false;
        LogReturned(silo);
    }

    private static async Task<bool> CanConnect(IPEndPoint endpoint)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, timeout.Token);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether the silo has answered again and again for as long as another one may be silent.</summary>
    private bool IsSteady(Line line) => IsHeardWithin(line, Freshness) && time.GetElapsedTime(line.SteadySince) >= Silence;

    private bool IsHeardWithin(Line line, TimeSpan span) => line.HeardAt > 0 && time.GetElapsedTime(line.HeardAt) <= span;

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} is active, and does not answer here; it is avoided until it can be reached.")]
    private partial void LogAvoided(Uri silo);

    [LoggerMessage(LogLevel.Information, "Silo {Silo} can be reached again, or is gone.")]
    private partial void LogReturned(Uri silo);

    private sealed class Line
    {
        /// <summary>When the silo answered last; 0 as long as it never has.</summary>
        public long HeardAt { get; set; }

        /// <summary>Since when it has been answering without a gap.</summary>
        public long SteadySince { get; set; }

        /// <summary>Which of the probes goes by it; null as long as none is known to.</summary>
        public int? Number { get; set; }

        public bool IsAvoided { get; set; }
    }
}
