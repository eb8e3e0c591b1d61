using System.Threading.Channels;

namespace Gatehouse.Testing;

/// <summary>What happened, in order, to be awaited one by one.</summary>
internal sealed class Events<T>
{
    private readonly Channel<T> _events = Channel.CreateUnbounded<T>();

    public void Add(T what) => _events.Writer.TryWrite(what);

    public Task<T> Next() => _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime();

    /// <summary>What has happened so far and was not taken yet.</summary>
    public List<T> TakeAll()
    {
        var taken = new List<T>();
        while (_events.Reader.TryRead(out var what)) taken.Add(what);
        return taken;
    }
}
