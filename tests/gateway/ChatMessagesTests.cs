using System.Text;
using System.Text.Json;
using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.Gateway.Protocols.Chat;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.GrainInterfaces.Rooms;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

public sealed class ChatMessagesTests
{
    [Theory]
    [InlineData("""{"content":"a"}""", """{"user":"Ada","content":"a"}""")]
    [InlineData("""{"user":"Eve","content":"a"}""", """{"user":"Ada","content":"a"}""")]
    [InlineData("""{"content":"a","user":"Eve","user":{"a":1}}""", """{"user":"Ada","content":"a"}""")]
    [InlineData("""{"\u0075ser":"Eve","\u0075\u0073\u0065\u0072":"Eve","content":"a"}""", """{"user":"Ada","content":"a"}""")]
    [InlineData("""{"User":"Eve","content":"a"}""", """{"user":"Ada","User":"Eve","content":"a"}""")]
    [InlineData("""{"content":{"user":"Eve"}}""", """{"user":"Ada","content":{"user":"Eve"}}""")]
    [InlineData("""{"content":1.0e2, "n":1e999,"s":"\ud83d"}""", """{"user":"Ada","content":1.0e2,"n":1e999,"s":"\ud83d"}""")]
    [InlineData("""{"\ud83d":1,"a\"b":2,"content":"\u0000"}""", """{"user":"Ada","\ud83d":1,"a\"b":2,"content":"\u0000"}""")]
    [InlineData("{}", """{"user":"Ada"}""")]
    public void SendersNameIsTheServersAndAllElseIsUntouched(string sent, string expected)
    {
        using var payload = JsonDocument.Parse(sent);
        Assert.Equal(expected, Encoding.UTF8.GetString(ChatMessages.Compose(ChatMessages.NameOf("Ada"), payload.RootElement)));
    }

    [Fact]
    public void NameIsWrittenAsJson()
    {
        using var payload = JsonDocument.Parse("{}");
        var body = ChatMessages.Compose(ChatMessages.NameOf("\"},{\\ \ud83d\ude00"), payload.RootElement);
        using var read = JsonDocument.Parse(body);
        Assert.Equal("\"},{\\ \ud83d\ude00", read.RootElement.GetProperty("user").GetString());
    }

    [Fact]
    public void NumberTimeAndRankAreTheRoomsForThoseWhoKnowOfThem()
    {
        var message = new RoomMessage(
            7, new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero), "~ada",
            """{"user":"Ada","id":99,"\u0074ime":"never","rank":0,"\ud83d":1,"content":"a"}"""u8.ToArray(), RoomLevel.Vip);
        Assert.Equal(
            """{"id":7,"time":"2026-01-02T03:04:05.006Z","rank":2,"displayName":"Ada","user":"Ada","\ud83d":1,"content":"a"}""",
            JsonSerializer.Serialize(ChatMessages.Event("the-room", message, withId: true).Payload));
        Assert.Equal(
            """{"user":"Ada","id":99,"\u0074ime":"never","rank":0,"\ud83d":1,"content":"a"}""",
            JsonSerializer.Serialize(ChatMessages.Event("the-room", message, withId: false).Payload));
        var room = new LocalRoom("the room", "the gateway", new FakeRoom(), _ => { }, new(long.MaxValue), NullLogger.Instance);
        var news = new RoomNews(room, [message]);
        Assert.Same(ChatMessages.Events(news, withId: true), ChatMessages.Events(news, withId: true));
    }
}
