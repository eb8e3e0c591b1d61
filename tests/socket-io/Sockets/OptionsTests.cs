using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SocketIo.Tests.Support;

namespace SocketIo.Tests.Sockets;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<SocketIoOptions>> Mistakes => new()
    {
        { "PingInterval", options => options.PingInterval = TimeSpan.Zero },
        { "PingTimeout", options => options.PingTimeout = TimeSpan.FromDays(2) },
        { "UpgradeTimeout", options => options.UpgradeTimeout = TimeSpan.FromSeconds(-1) },
        { "CloseTimeout", options => options.CloseTimeout = TimeSpan.Zero },
        { "ConnectTimeout", options => options.ConnectTimeout = TimeSpan.Zero },
        { "AttachmentTimeout", options => options.AttachmentTimeout = TimeSpan.Zero },
        { "MaxPayload", options => options.MaxPayload = 0 },
        { "MaxConnections", options => options.MaxConnections = 0 },
        { "MaxQueuedBytes", options => options.MaxQueuedBytes = -1 },
        { "MaxQueuedMessages", options => options.MaxQueuedMessages = 0 },
        { "MaxDepth", options => options.MaxDepth = 0 },
        { "MaxDepth", options => options.MaxDepth = 10_001 },
        { "MaxAttachments", options => options.MaxAttachments = 0 },
        { "MaxAttachmentBytes", options => options.MaxAttachmentBytes = 0 },
        { "MaxPendingPackets", options => options.MaxPendingPackets = 0 },
        { "MaxPendingAcks", options => options.MaxPendingAcks = 0 },
        { "Transports", options => options.Transports = 0 },
        { "Transports", options => options.Transports = (EngineTransports)8 },
        { "SlowConsumerPolicy", options => options.SlowConsumerPolicy = (SlowConsumerPolicy)9 },
        { "AllowedOrigins", options => options.AllowedOrigins.Add("https://example.org/path") },
        { "AllowedOrigins", options => options.AllowedOrigins.Add("example.org") },
        { "Cookie", options => options.Cookie = new CookieBuilder() },
        { "Json", options => options.Json = null! },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task AMistakeIsFoundWhenTheProgramStarts(string key, Action<SocketIoOptions> configure)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestServer.Start(configure));
        Assert.StartsWith(key, Assert.Single(error.Failures));
    }

    [Fact]
    public async Task GoodOriginsAreAccepted()
    {
        await using var server = await TestServer.Start(options =>
        {
            options.AllowedOrigins.Add("*");
            options.AllowedOrigins.Add("https://example.org");
            options.AllowedOrigins.Add("http://localhost:8080");
        });
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("/a,b")]
    [InlineData("/a?b")]
    public async Task ANamespacesNameCanBeSpelledOnTheWire(string name)
    {
        await using var server = await TestServer.Start();
        Assert.Throws<ArgumentException>(() => server.Io.Namespace(name));
    }
}
