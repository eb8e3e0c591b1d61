namespace Gatehouse.Gateway.Concurrency;

/// <summary>Lets one in at a time, who may wait for other things while inside. Whoever is inside must not ask again.</summary>
public sealed class AsyncLock
{
    private readonly SemaphoreSlim _free = new(1);

    /// <summary>Waits until nobody is inside, and goes in; disposing of what is returned, once, goes out.</summary>
    public async ValueTask<Held> Acquire()
    {
        await _free.WaitAsync();
        return new Held(_free);
    }

    /// <summary>The lock, while somebody is inside.</summary>
    public readonly struct Held(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
