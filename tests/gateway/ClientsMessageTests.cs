using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Tests;

/// <summary>What is read out of a message of a client or node, which may be anything.</summary>
public sealed class ClientsMessageTests
{
    private const string Token = "7.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    [Theory]
    [InlineData("""{"recipient":"r","parameters":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"recipient":"r","parameters":{ "a" : 1.0, "a":"\ud83d", "\ud83d":[ ] }}""", """{"a":1.0,"a":"\ud83d","\ud83d":[ ]}""")]
    [InlineData("""{"recipient":"r","parameters":{"recipient":"mine","content":1}}""", """{"recipient":"mine","content":1}""")]
    [InlineData("""{"recipient":"r","parameters":{"token":"TOKEN","a":1}}""", """{"a":1}""")]
    [InlineData("""{"recipient":"r","parameters":{"token":"TOKEN","token":"other"}}""", """{"token":"other"}""")]
    [InlineData("""{"recipient":"r","parameters":{"\u0074oken":"TOKEN"}}""", "{}")]
    [InlineData("""{"recipient":"r","parameters":{"token":"mine"}}""", """{"token":"mine"}""")]
    [InlineData("""{"recipient":"r","parameters":[ 1]}""", "[ 1]")]
    [InlineData("""{"recipient":"r","parameters":null}""", "null")]
    [InlineData("""{"recipient":"r"}""", "null")]
    [InlineData("""{"recipient":"r","content":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"parameters":{"recipient":"r","content":{"a":1},"token":"TOKEN"}}""", """{"a":1}""")]
    [InlineData("""{"parameters":{"recipient":"r","queue_id":1,"token":"TOKEN","a":1}}""", """{"a":1}""")]
    [InlineData("""{"parameters":"x"}""", "\"x\"")]
    [InlineData("{}", "null")]
    public void ContentIsPassedOnAsItCameButForWhatIsForUs(string message, string content) =>
        Assert.Equal(content, Read(message).Content.Text);

    [Theory]
    [InlineData("""{"token":"TOKEN"}""", Token, Token)]
    [InlineData("""{"token":"a","parameters":{"token":"TOKEN"}}""", "a", "a")]
    [InlineData("""{"parameters":{"token":"TOKEN"}}""", Token, Token)]
    [InlineData("""{"parameters":{"token":"somebody's"}}""", "somebody's", null)]
    [InlineData("""{"token":7,"parameters":[]}""", null, null)]
    [InlineData("{}", null, null)]
    public void TokenIsBesideTheParametersOrAmongThem(string message, string? token, string? ofSender) =>
        Assert.Equal((token, ofSender), (Read(message).Token, Read(message).SenderToken));

    [Theory]
    [InlineData("""{"recipient":7,"queue_id":8}""", 7, 8L)]
    [InlineData("""{"recipient":"7","queue_id":"8"}""", 7, 8L)]
    [InlineData("""{"parameters":{"recipient":7,"queue_id":8}}""", 7, 8L)]
    [InlineData("""{"recipient":0,"queue_id":-1}""", null, -1L)]
    [InlineData("""{"recipient":2147483648,"queue_id":9223372036854775808}""", null, null)]
    [InlineData("""{"recipient":"+7","queue_id":" 8"}""", null, null)]
    [InlineData("""{"recipient":7.5,"queue_id":1e3}""", null, null)]
    [InlineData("""{"recipient":{},"queue_id":[8]}""", null, null)]
    public void IdsAreWholeNumbers(string message, int? recipient, long? queueId) =>
        Assert.Equal((recipient, queueId), (Read(message).RecipientId, Read(message).QueueId));

    [Theory]
    [InlineData("""{"recipient":"abc"}""", "abc")]
    [InlineData("""{"recipient":""}""", null)]
    [InlineData("""{"recipient":"a\u0000b"}""", null)]
    [InlineData("""{"recipient":"\ud83d"}""", null)]
    [InlineData("""{"recipient":7}""", null)]
    public void ConnectionIsNamedByText(string message, string? recipient) =>
        Assert.Equal(recipient, Read(message).RecipientSocket);

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{\"\\ud83d\":1}")]
    public void PayloadThatIsNoMessageHasNothingInIt(string payload)
    {
        var message = Read(payload);
        Assert.Null(message.Action);
        Assert.Null(message.Token);
        Assert.Null(message.RecipientId);
        Assert.Equal(JsonValueKind.Undefined, message.Parameters.ValueKind);
    }

    [Fact]
    public void DepthIsCounted()
    {
        Assert.True(new RawJson(new string('[', 32) + new string(']', 32)).IsAtMost(32));
        Assert.False(new RawJson(new string('[', 33) + new string(']', 33)).IsAtMost(32));
        Assert.True(new RawJson("\"[[[[\"").IsAtMost(1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7.short")]
    [InlineData("0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("-7.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("2147483648.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("7.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.")]
    public void TextThatIsNoTokenIsNone(string text) => Assert.Null(ClientToken.Parse(text));

    [Fact]
    public void TokenIsReadAsItWasGiven()
    {
        var token = new ClientToken(7, new Secret(RandomId.NewSecret()));
        Assert.Equal(token, ClientToken.Parse(token.Reveal()));
        Assert.DoesNotContain(token.Secret.Value, $"{token}");
    }

    private static ClientsMessage Read(string message) => new(JsonElement.Parse(message.Replace("TOKEN", Token)));
}
