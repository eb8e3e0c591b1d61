using System.Collections.Immutable;
using System.Reflection;
using Gatehouse.Gateway.Delivery.Devices;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

/// <summary>How pushes of grains reach the connections of clients and nodes.</summary>
public sealed class LocalDevicesTests
{
    private readonly Directory _directory = new();
    private readonly LocalDevices _local;

    public LocalDevicesTests()
    {
        var grains = DispatchProxy.Create<IGrainFactory, Grains>();
        ((Grains)(object)grains).Directory = _directory;
        _local = new LocalDevices(grains, NullLogger<LocalDevices>.Instance);
    }

    [Fact]
    public void PushesReachAConnectionInOrderUntilItLeaves()
    {
        var (one, other) = (Join("one"), Join("other"));
        _local.Push(["one", "nobody"], Message("1"));
        _local.Push(["other", "one"], Message("2"));
        _local.Remove("one", one);
        _local.Push(["one"], Message("3"));
        Assert.Equal(["1", "2"], one.Pushed);
        Assert.Equal(["2"], other.Pushed);
    }

    [Fact]
    public void ConnectionThatLeftDoesNotTakeItsSuccessorAlong()
    {
        var (first, second) = (Join("one"), Join("one"));
        _local.Remove("one", first);
        _local.Push(["one"], Message("1"));
        Assert.Equal(["1"], second.Pushed);
    }

    [Fact]
    public async Task NodeChangesDuringOneLookAreOneMoreLook()
    {
        var listener = Join("one");
        var first = _directory.NextAnswer();
        var looking = _local.NodesChanged();
        for (var change = 0; change < 10; change++) await _local.NodesChanged();
        var second = _directory.NextAnswer();
        first.SetResult(new([], false));
        second.SetResult(new([new OnlineNode("Qm", 1, "w")], false));
        await looking.InTime();
        Assert.Equal(2, _directory.Asked);
        Assert.Equal([0, 1], listener.Lists);
    }

    [Fact]
    public async Task NodeListThatCouldNotBeFetchedIsFetchedAgainUntilItIs()
    {
        var listener = Join("one");
        _directory.NextAnswer().SetException(new InvalidOperationException());
        _directory.NextAnswer().SetException(new InvalidOperationException());
        _directory.NextAnswer().SetResult(new([], false));
        await _local.NodesChanged().InTime();
        for (var chore = 0; chore < 5; chore++) await _local.Retry().InTime();
        Assert.Equal([0], listener.Lists);
        Assert.Equal(3, _directory.Asked);
    }

    [Fact]
    public async Task NodesThatNobodyToldOfAreFoundAndToldOnce()
    {
        var listener = Join("one");
        OnlineNodes none = new([], false), one = new([new OnlineNode("Qm", 1, "w")], false);
        _directory.NextAnswer().SetResult(none);
        await _local.NodesChanged().InTime();
        _directory.NextAnswer().SetResult(new([], false));
        await _local.FindChangedNodes().InTime();
        Assert.Equal([0], listener.Lists);
        for (var answer = 0; answer < 2; answer++) _directory.NextAnswer().SetResult(one);
        await _local.FindChangedNodes().InTime();
        Assert.Equal([0, 1], listener.Lists);
    }

    [Fact]
    public async Task DevicesAreOnlineAgainAndRevalidateAfterABrokenLease()
    {
        var (one, other) = (Join("one"), Join("other"));
        other.Sockets = [];
        _directory.NextAnswer().SetResult(new([], false));
        _local.RequireRestore();
        for (var chore = 0; chore < 3; chore++) await _local.Retry().InTime();
        Assert.Equal(["one"], _directory.Placed.Select(socket => socket.WsId));
        Assert.Equal((1, 1), (one.Revalidations, other.Revalidations));
    }

    [Fact]
    public async Task WhoeverLeavesWhileItIsPutOnlineAgainHasLeft()
    {
        var (one, _) = (Join("one"), Join("other"));
        _directory.WhenPlaced = () => _local.Remove("one", one);
        _directory.NextAnswer().SetResult(new([], false));
        _local.RequireRestore();
        await _local.Retry().InTime();
        Assert.Equal(["one"], _directory.Left);
    }

    [Fact]
    public async Task DevicesThatCouldNotBePutOnlineAgainAreSoAtTheNextAttempt()
    {
        var one = Join("one");
        _directory.Failures = 2;
        _directory.NextAnswer().SetResult(new([], false));
        _local.RequireRestore();
        for (var chore = 0; chore < 2; chore++) await Assert.ThrowsAsync<TimeoutException>(_local.Retry).InTime();
        Assert.Equal(0, one.Revalidations);
        await _local.Retry().InTime();
        Assert.Equal(["one"], _directory.Placed.Select(socket => socket.WsId));
        Assert.Equal(1, one.Revalidations);
    }

    [Fact]
    public async Task WhoeverHasMissedSomethingLooksAgainAndNobodyElse()
    {
        var (behind, other) = (Join("one"), Join("other"));
        behind.Positions = [new(1, 7), new(2, 0)];
        other.Positions = [new(1, 8)];
        _directory.Behind = [new(1, 7)];
        await _local.FindBehind().InTime();
        Assert.Equal((1, 0), (behind.Revalidations, other.Revalidations));
        Assert.Equal([0, 7, 8], _directory.Positions.Select(position => position.Seen).Order());
    }

    private static ClientPush Message(string content) => new(ClientPushKind.ClientToNode, "sender", content);

    private Listener Join(string wsId)
    {
        var listener = new Listener { Sockets = [new ClientSocket(wsId, ClientKind.Node, "gateway", 1)] };
        _local.Add(wsId, listener);
        return listener;
    }

    private sealed class Listener : IDeviceListener
    {
        public List<string> Pushed { get; } = [];

        public List<int> Lists { get; } = [];

        public int Revalidations { get; private set; }

        public IReadOnlyList<ClientSocket> Sockets { get; set; } = [];

        public IEnumerable<MailboxPosition> Positions { get; set; } = [];

        void IDeviceListener.OnPush(ClientPush push) => Pushed.Add(push.Content);

        void IDeviceListener.Revalidate() => Revalidations++;

        void IDeviceListener.OnNodesChanged(NodeList nodes) => nodes.For(this, static (listener, list) =>
        {
            listener.Lists.Add(list.Nodes.Length);
            return listener;
        });
    }

    private sealed class Directory : IClientDirectoryGrain
    {
        private readonly Queue<TaskCompletionSource<OnlineNodes>> _answers = new();

        public int Asked { get; private set; }

        public List<ClientSocket> Placed { get; } = [];

        public TaskCompletionSource<OnlineNodes> NextAnswer()
        {
            var answer = new TaskCompletionSource<OnlineNodes>();
            _answers.Enqueue(answer);
            return answer;
        }

        public Task<OnlineNodes> GetOnlineNodes()
        {
            Asked++;
            return _answers.Dequeue().Task;
        }

        public int Failures { get; set; }

        public Task ReportLocations(ImmutableArray<ClientSocket> sockets)
        {
            if (Failures-- > 0) throw new TimeoutException();
            Placed.AddRange(sockets);
            WhenPlaced();
            return Task.CompletedTask;
        }

        public ImmutableArray<MailboxPosition> Behind { get; set; } = [];

        public ImmutableArray<MailboxPosition> Positions { get; private set; }

        public Task<ImmutableArray<MailboxPosition>> FindBehind(ImmutableArray<MailboxPosition> positions)
        {
            Positions = positions;
            return Task.FromResult(Behind);
        }

        public Task<ClientRegistration> Register(ClientKind kind, string information, string? hash) => throw NotAsked();

        public Action WhenPlaced { get; set; } = () => { };

        public List<string> Left { get; } = [];

        public Task Leave(string wsId)
        {
            Left.Add(wsId);
            return Task.CompletedTask;
        }

        public Task<ForwardReply> Forward(string wsId, ClientKind kind, ClientPush push) => throw NotAsked();

        public Task<MailboxPage> ListMailboxes(int from, int limit) => throw NotAsked();

        private static InvalidOperationException NotAsked() => new("Not asked of this fake.");
    }

    public class Grains : DispatchProxy
    {
        internal IClientDirectoryGrain? Directory { get; set; }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => Directory;
    }
}
