using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Hosting;

/// <summary>
/// Ends the program: on SIGTERM when its parts have drained, which it is not ready any more for meanwhile; at once on a second SIGTERM, and on
/// Ctrl-C.
/// </summary>
public sealed class Draining(IHostApplicationLifetime application, IEnumerable<IDrained> parts) : IHostLifetime, IDisposable
{
    private readonly CancellationTokenSource _hurry = new();
    private PosixSignalRegistration[] _signals = [];
    private int _signalled;

    /// <summary>Whether the program is about to end.</summary>
    public bool HasBegun => Volatile.Read(ref _signalled) > 0 || application.ApplicationStopping.IsCancellationRequested;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _signals = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT }
            .Select(signal => PosixSignalRegistration.Create(signal, OnSignal))];
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _hurry.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The process ends when the program has.
        context.Cancel = true;
        if (Interlocked.Increment(ref _signalled) > 1 || context.Signal != PosixSignal.SIGTERM) _hurry.Cancel();
        _ = Task.Run(End);
    }

    private async Task End()
    {
        await Task.WhenAll(parts.Select(part => part.Drain(_hurry.Token)));
        application.StopApplication();
    }
}
