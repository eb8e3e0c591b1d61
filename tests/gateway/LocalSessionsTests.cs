using Gatehouse.Gateway.Delivery.Sessions;

namespace Gatehouse.Gateway.Tests;

public sealed class LocalSessionsTests
{
    private readonly LocalSessions _sessions = new();

    [Fact]
    public void ConnectionsOfASessionAreAllFound()
    {
        var (one, two, other) = (new Listener(), new Listener(), new Listener());
        _sessions.Add("session", one);
        _sessions.Add("session", two);
        _sessions.Add("another", other);
        Assert.Equal([one, two], _sessions.Find("session"));
        Assert.Empty(_sessions.Find("unknown"));
        Assert.Equal(["another", "session"], _sessions.Ids.Order());
    }

    [Fact]
    public void ListenerThatLeftIsNotFound()
    {
        var (one, two) = (new Listener(), new Listener());
        _sessions.Add("session", one);
        _sessions.Add("session", two);
        _sessions.Remove("session", one);
        _sessions.Remove("session", one);
        _sessions.Remove("unknown", two);
        Assert.Equal([two], _sessions.Find("session"));
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
                Assert.Contains(passing, _sessions.Find("session"));
                _sessions.Remove("session", passing);
            }
        }))).InTime();

        Assert.Equal(staying.ToHashSet(), _sessions.Find("session").Cast<Listener>().ToHashSet());
        foreach (var listener in staying) _sessions.Remove("session", listener);
        Assert.True(_sessions.IsEmpty);
    }

    private sealed class Listener : ISessionListener
    {
        public Task Revalidate() => Task.CompletedTask;
    }
}
