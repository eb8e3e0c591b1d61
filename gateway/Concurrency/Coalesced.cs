using System.Diagnostics;

namespace Gatehouse.Gateway.Concurrency;

/// <summary>
/// A look for news that finds all there is: never two at a time, and however many ask for one while it is under way, together they
/// get one more. Safe to use from any thread.
/// </summary>
public sealed class Coalesced
{
    private const int Idle = 0, Running = 1, AskedAgain = 2;

    private int _state;

    /// <summary>Looks, and looks again for as long as somebody asks. Never throws.</summary>
    /// <param name="look">Looks once. It may fail: that ends neither the looking nor the asking.</param>
    /// <param name="failed">Is told of a failure; must not throw.</param>
    /// <returns>When the looking is over; at once for whoever asks while another is at it.</returns>
    public async Task Run(Func<Task> look, Action<Exception> failed)
    {
        if (Interlocked.Exchange(ref _state, AskedAgain) != Idle) return;
        do
        {
            Volatile.Write(ref _state, Running);
            try
            {
                await look();
            }
            catch (Exception failure)
            {
                failed(failure);
            }
            // Whoever asked again is of another trace than the first.
            Activity.Current = null;
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Running) != Running);
    }
}
