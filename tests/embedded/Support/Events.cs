using System.Threading.Channels;

namespace Gatehouse.Embedded.Tests.Support;

/// <summary>What happened, in order, to be awaited one by one.</summary>
internal sealed class Events
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    public void Add(string what) => _events.Writer.TryWrite(what);

    public Task<string> Next() => _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime();

    public async Task Expect(params string[] expected)
    {
        foreach (var what in expected) Assert.Equal(what, await Next());
    }

    public void ExpectNothing() => Assert.False(_events.Reader.TryRead(out var what), $"unexpected: {what}");
}
