using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

/// <summary>What all protocols do with an event.</summary>
public sealed class EventProtocolTests
{
    private static readonly JsonElement WithPassword = JsonElement.Parse("""{"password":"correct horse"}""");

    private readonly FakeConnection _client = new();
    private readonly Protocol _protocol;

    public EventProtocolTests() => _protocol = new Protocol(_client, NullLogger.Instance);

    [Fact]
    public async Task EventIsHandledByItsMethod()
    {
        Assert.Equal("done", await Receive("greet"));
        Assert.Equal(["hello"], _client.Sent());
    }

    [Fact]
    public async Task UnknownEventIsRefusedAndNotHandled()
    {
        Assert.Equal("nothing", await Receive("GREET"));
        Assert.Equal(["no \"GREET\""], _client.Sent());
    }

    [Fact]
    public async Task KnownEventThatIsRefusedIsNotHandled()
    {
        _protocol.IsShut = true;
        Assert.Equal("nothing", await Receive("greet"));
        Assert.Equal(["no \"greet\""], _client.Sent());
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("fail later")]
    public async Task EventThatFailsIsAnsweredByItsFailure(string name)
    {
        Assert.NotEqual("done", await Receive(name));
        Assert.Equal([$"failed \"{name}\""], _client.Sent());
    }

    [Fact]
    public async Task EventOfALoginThatCannotBeKnownToHoldFailsAndIsNotHandled()
    {
        _protocol.Validity = Task.FromException(new TimeoutException());
        Assert.Equal("nothing", await Receive("greet"));
        Assert.Equal(["failed \"greet\""], _client.Sent());
        Assert.Equal("nothing", await Receive("unknown"));
        Assert.Equal(["no \"unknown\""], _client.Sent());
    }

    [Fact]
    public async Task EventIsJudgedByWhatIsKnownOfItsLoginWhenThatWasLookedAt()
    {
        var looking = new TaskCompletionSource();
        _protocol.Validity = looking.Task;
        var receiving = Receive("greet");
        _protocol.IsShut = true;
        looking.SetResult();
        Assert.Equal("nothing", await receiving);
        Assert.Equal(["no \"greet\""], _client.Sent());
    }

    [Fact]
    public async Task EventAfterTooManyIsHandledWhenItsTurnHasComeAndNoneIsLost()
    {
        var time = new FakeTimeProvider();
        var (client, protocol) = Limited(new() { EventsPerSecond = 1 }, time);
        for (var burst = 0; burst < 11; burst++) Assert.Equal("done", await Receive(protocol, "greet"));
        client.Sent();
        foreach (var receive in (Func<Task>[])[
            () => protocol.Receive("greet", default), () => protocol.Receive("unknown", default), () => protocol.RefuseBinary("greet", default)])
        {
            var receiving = receive();
            Assert.False(receiving.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(1));
            await receiving.InTime();
        }
        Assert.Equal(["hello", "no \"unknown\"", "failed \"greet\""], client.Sent());
    }

    [Fact]
    public async Task EventAfterTooManyBytesIsNotHandledWhenItsConnectionIsGoneBefore()
    {
        var (client, protocol) = Limited(new() { BytesPerSecond = 1 });
        var payload = JsonElement.Parse("\"a text of more than ten bytes\"");
        Assert.Equal("done", await Receive(protocol, "greet", payload));
        var waiting = protocol.Receive("greet", payload);
        client.Abort();
        await waiting.InTime();
        Assert.Equal(["hello"], client.Sent());
    }

    [Fact]
    public async Task EventWithALimitOfItsOwnIsWithheldWhenItsAddressHasUsedThatUp()
    {
        var (client, protocol) = Limited(new() { Registrations = 1, Window = TimeSpan.FromDays(1) });
        Assert.Equal("done", await Receive(protocol, "join", WithPassword));
        Assert.Equal("nothing", await Receive(protocol, "join", WithPassword));
        Assert.Equal("done", await Receive(protocol, "greet"));
        Assert.Equal(["hello", "failed \"join\"", "hello"], client.Sent());
    }

    [Fact]
    public async Task EventThatBringsNoPasswordUsesUpNone()
    {
        var (client, protocol) = Limited(new() { Registrations = 1, Window = TimeSpan.FromDays(1) });
        for (var time = 0; time < 3; time++) Assert.Equal("done", await Receive(protocol, "join", JsonElement.Parse("{}")));
        Assert.Equal(["hello", "hello", "hello"], client.Sent());
    }

    [Fact]
    public async Task PlaceOfAnEventIsFreeWhenItIsOverAlsoWhenItFailed()
    {
        var (client, protocol) = Limited(new() { RegistrationsAtOnce = 1 });
        await Receive(protocol, "fail to join", WithPassword);
        await Receive(protocol, "join", WithPassword);
        Assert.Equal(["failed \"fail to join\"", "hello"], client.Sent());
    }

    [Fact]
    public async Task EventWithoutAFailureOfItsOwnFailsWithoutAWord()
    {
        await Receive("fail silently");
        Assert.Empty(_client.Sent());
    }

    [Fact]
    public async Task ConnectionThatClosesIsDetachedOnce()
    {
        await Receive("greet");
        Assert.Equal(0, _protocol.Detached);
        await _protocol.Closed();
        Assert.Equal(1, _protocol.Detached);
    }

    [Fact]
    public async Task ConnectionThatClosedDuringAnEventIsDetachedAgainAfterIt()
    {
        var receiving = Receive("wait");
        await _protocol.Closed();
        Assert.Equal(1, _protocol.Detached);
        _protocol.Waiting.SetResult();
        await receiving.InTime();
        Assert.Equal(2, _protocol.Detached);
    }

    [Fact]
    public async Task EventsThatArePipelinedAreUnderWayTogetherAndAnsweredEachForItself()
    {
        var (first, second) = (Receive("say"), Receive("say"));
        Assert.Equal(2, _protocol.Said.Length);
        _protocol.Said[1].SetResult();
        Assert.Equal("done", await second);
        Assert.False(first.IsCompleted);
        _protocol.Said[0].SetException(new TimeoutException());
        Assert.Equal("failed", await first);
        Assert.Equal(["failed \"say\""], _client.Sent());
    }

    [Fact]
    public async Task AnyOtherEventWaitsForThoseThatArePipelined()
    {
        var (said, greeting) = (Receive("say"), Receive("greet"));
        Assert.Empty(_client.Sent());
        _protocol.Said[0].SetResult();
        await Task.WhenAll(said, greeting).InTime();
        Assert.Equal(["hello"], _client.Sent());
    }

    [Fact]
    public async Task NoMoreArePipelinedThanFitTheirBound()
    {
        var next = Enumerable.Range(0, 33).Select(_ => _protocol.Receive("say", default)).ToList()[^1];
        Assert.Equal(32, _protocol.Said.Length);
        foreach (var said in _protocol.Said) said.SetResult();
        await TheLast();
        await next.InTime();

        var large = JsonElement.Parse(JsonSerializer.Serialize(new string('x', 64 * 1024)));
        var receiving = _protocol.Receive("say", large);
        Assert.False(receiving.IsCompleted);
        await TheLast();
        await receiving.InTime();

        async Task TheLast()
        {
            while (_protocol.Said[^1].Task.IsCompleted) await Task.Yield();
            _protocol.Said[^1].SetResult();
        }
    }

    [Fact]
    public async Task EventWhoseLoginHasToBeLookedAtIsNotPipelined()
    {
        var looking = new TaskCompletionSource();
        _protocol.Validity = looking.Task;
        var receiving = _protocol.Receive("say", default);
        Assert.Empty(_protocol.Said);
        looking.SetResult();
        while (_protocol.Said.IsEmpty) await Task.Yield();
        Assert.False(receiving.IsCompleted);
        _protocol.Said[0].SetResult();
        await receiving.InTime();
    }

    [Fact]
    public async Task ConnectionIsDetachedWhenWhatWasPipelinedIsOver()
    {
        var said = Receive("say");
        var closing = _protocol.Closed();
        Assert.Equal(0, _protocol.Detached);
        _protocol.Said[0].SetResult();
        await closing.InTime();
        Assert.Equal(1, _protocol.Detached);
        Assert.Equal("done", await said);
    }

    private static (FakeConnection Client, Protocol Protocol) Limited(LimitOptions options, TimeProvider? time = null)
    {
        var client = new FakeConnection { Limits = Limiters.Of(options, time ?? new FakeTimeProvider()).Connect("192.0.2.1") };
        return (client, new Protocol(client, NullLogger.Instance));
    }

    private Task<object?> Receive(string name) => Receive(_protocol, name);

    private static async Task<object?> Receive(Protocol protocol, string name, JsonElement payload = default)
    {
        var answer = new TaskCompletionSource<object?>();
        await protocol.Receive(name, payload, answer.SetResult).InTime();
        return await answer.Task.InTime();
    }

    private sealed class Protocol(IConnection connection, ILogger logger) : EventProtocol<Protocol>("test", connection, logger)
    {
        private static readonly EventTable<Protocol> Events = new()
        {
            { "greet", (protocol, _) => protocol.Send(new ServerEvent("hello")), new ServerEvent("failed", "greet") },
            { "join", (protocol, _) => protocol.Send(new ServerEvent("hello")), new ServerEvent("failed", "join"), Limit.Registrations },
            { "fail to join", async (_, _) => await Fail(), new ServerEvent("failed", "fail to join"), Limit.Registrations },
            { "wait", (protocol, _) => protocol.Waiting.Task },
            { "say", (protocol, _) => protocol.Say(), new ServerEvent("failed", "say"), /* isPipelined */ true },
            { "throw", (_, _) => throw new TimeoutException(), new ServerEvent("failed", "throw") },
            { "fail later", async (_, _) => await Fail(), new ServerEvent("failed", "fail later") },
            { "fail silently", async (_, _) => await Fail() },
        };

        /// <summary>What was said, and until when that is under way.</summary>
        /// <summary>Grows on another thread than the one that looks at it.</summary>
        public ImmutableArray<TaskCompletionSource> Said { get; private set; } = [];

        public bool IsShut { get; set; }

        public Task Validity { get; set; } = Task.CompletedTask;

        public int Detached { get; private set; }

        public TaskCompletionSource Waiting { get; } = new();

        protected override ClientEvent<Protocol>? Find(string name, JsonElement payload) => Events.Find(name);

        protected override IReadOnlyList<ServerEvent>? Refuse(ClientEvent<Protocol>? found, string name, JsonElement payload) =>
            found is null || IsShut ? [new ServerEvent("no", name)] : null;

        protected override object AnswerTo(Task? handled) =>
            handled is null ? "nothing" : handled.IsCompletedSuccessfully ? "done" : "failed";

        protected override Task EnsureValid(ClientEvent<Protocol> wanted) => Validity;

        protected override Task Detach()
        {
            Detached++;
            return Task.CompletedTask;
        }

        private Task Say()
        {
            Said = Said.Add(new TaskCompletionSource());
            return Said[^1].Task;
        }

        private static async Task Fail()
        {
            await Task.Yield();
            throw new TimeoutException();
        }
    }
}
