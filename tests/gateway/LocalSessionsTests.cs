using Gatehouse.Gateway.Delivery.Sessions;

namespace Gatehouse.Gateway.Tests;

public sealed class LocalSessionsTests
{
    private readonly LocalSessions _sessions = new();

    [Fact]
    public void ConnectionsOfASessionAreAllWoken()
    {
        var (one, two, other) = (new Listener(), new Listener(), new Listener());
        _sessions.Add("session", one);
        _sessions.Add("session", two);
        _sessions.Add("another", other);
        _sessions.Wake(["session", "unknown"]);
        Assert.Equal((1, 1, 0), (one.Woken, two.Woken, other.Woken));
    }

    [Fact]
    public void ListenerThatLeftIsNotWoken()
    {
        var (one, two) = (new Listener(), new Listener());
        _sessions.Add("session", one);
        _sessions.Add("session", two);
        _sessions.Remove("session", one);
        _sessions.Remove("session", one);
        _sessions.Remove("unknown", two);
        _sessions.Wake(["session"]);
        Assert.Equal((0, 1), (one.Woken, two.Woken));
    }

    [Fact]
    public async Task ListenersCanAllBeWokenAFewAtATime()
    {
        var listeners = Enumerable.Range(0, 100).Select(_ => new Listener()).ToList();
        foreach (var listener in listeners) _sessions.Add($"session {listeners.IndexOf(listener) % 10}", listener);
        await _sessions.WakeAll(atOnce: 4, TestContext.Current.CancellationToken).InTime();
        Assert.All(listeners, listener => Assert.Equal(1, listener.Woken));
    }

    [Fact]
    public async Task ListenersCanComeAndGoAtOnce()
    {
        var staying = Enumerable.Range(0, 8).Select(_ => new Listener()).ToList();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() =>
        {
            for (var round = 0; round < 2000; round++)
            {
                var passing = new Listener();
                _sessions.Add("session", passing);
                if (round == 1000) _sessions.Add("session", staying[number]);
                _sessions.Wake(["session"]);
                Assert.InRange(passing.Woken, 1, int.MaxValue);
                _sessions.Remove("session", passing);
            }
        }))).InTime();

        var before = staying.Select(listener => listener.Woken).ToList();
        _sessions.Wake(["session"]);
        Assert.Equal(before.Select(woken => woken + 1), staying.Select(listener => listener.Woken));
        foreach (var listener in staying) _sessions.Remove("session", listener);
        _sessions.Wake(["session"]);
        Assert.Equal(before.Select(woken => woken + 1), staying.Select(listener => listener.Woken));
    }

    private sealed class Listener : ISessionListener
    {
        private int _woken;

        public int Woken => _woken;

        public Task SessionChanged()
        {
            Interlocked.Increment(ref _woken);
            return Task.CompletedTask;
        }
    }
}
