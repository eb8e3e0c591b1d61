using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

/// <summary>What all protocols do with an event.</summary>
public sealed class EventProtocolTests
{
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

    private Task<object?> Receive(string name) => _protocol.Receive(name, default).InTime();

    private sealed class Protocol(IConnection connection, ILogger logger) : EventProtocol<Protocol>("test", connection, logger)
    {
        private static readonly EventTable<Protocol> Events = new()
        {
            { "greet", (protocol, _) => protocol.Send(new ServerEvent("hello")), new ServerEvent("failed", "greet") },
            { "wait", (protocol, _) => protocol.Waiting.Task },
            { "throw", (_, _) => throw new TimeoutException(), new ServerEvent("failed", "throw") },
            { "fail later", async (_, _) => await Fail(), new ServerEvent("failed", "fail later") },
            { "fail silently", async (_, _) => await Fail() },
        };

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

        private static async Task Fail()
        {
            await Task.Yield();
            throw new TimeoutException();
        }
    }
}
