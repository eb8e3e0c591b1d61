using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Gatehouse.Gateway.Transports.SignalR;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Tests;

public sealed class EventHubProtocolTests
{
    private const char Separator = '\u001e';

    private static readonly Gen<string> Json = Gen.OneOf(
        Gen.OneOf(
            "null", "true", "0", "-1", "1", "3", "1.5", "1e999", "\"\"", "\"text\"", "\"\\ud800\"", "[]", "[1]", "[[1],2]", "{}",
            "{\"a\":{\"b\":[]}}", "{\"\\ud800\":1}", "nonsense", "{", "[", "\"", ""),
        Gen.Int[-2, 12].Select(number => $"{number}"));

    private static readonly Gen<string> Field =
        from name in Gen.OneOf(
            "type", "type", "type", "target", "arguments", "invocationId", "streamIds", "item", "result", "error", "headers",
            "sequenceId", "allowReconnect", "odd", "\\ud800")
        from value in Json
        select $"\"{name}\":{value}";

    private static readonly Gen<byte[]> AnyFrame = Gen.OneOf(
        Field.List.Select(fields => Encoding.UTF8.GetBytes($"{{{string.Join(',', fields)}}}")),
        Field.List.Select(fields => Encoding.UTF8.GetBytes(string.Join(',', fields))),
        Json.Select(Encoding.UTF8.GetBytes),
        Gen.Byte.Array)
        .Select(frame => frame.Where(value => value != Separator).ToArray());

    private readonly EventHubProtocol _protocol = new(Options.Create(new JsonHubProtocolOptions()));

    [Theory]
    [InlineData("""{"type":1,"target":"login_guest","arguments":[]}""", null, "login_guest", null)]
    [InlineData("""{"type":1,"target":"login_guest"}""", null, "login_guest", null)]
    [InlineData("""{"type":1,"invocationId":"7","target":"logout","arguments":[]}""", "7", "logout", null)]
    [InlineData("""{"arguments":["a",2],"target":"any name","type":1}""", null, "any name", "\"a\"")]
    [InlineData("""{"type":1,"target":"register","arguments":[{"username":"Ada"}]}""", null, "register", "{\"username\":\"Ada\"}")]
    [InlineData("""{"type":1,"target":"x","arguments":[null]}""", null, "x", "null")]
    [InlineData("""{"type":1,"target":"x","arguments":[[1,[2]],3]}""", null, "x", "[1,[2]]")]
    [InlineData("""{"type":1,"target":"x","arguments":"none"}""", null, "x", null)]
    [InlineData("""{"type":1,"target":"x","arguments":null}""", null, "x", null)]
    [InlineData("""{"type":1,"target":"Receive","arguments":["x",1]}""", null, "Receive", "\"x\"")]
    [InlineData("""{"type":1,"target":"x","headers":{"a":["b"]},"streamIds":["1"]}""", null, "x", null)]
    [InlineData("""{"type":1,"invocationId":7,"target":"x"}""", null, "x", null)]
    [InlineData("""{"type":1,"target":7}""", null, "", null)]
    [InlineData("""{"type":1,"target":null,"arguments":[1]}""", null, "", "1")]
    [InlineData("""{"type":1,"target":"\ud800"}""", null, "", null)]
    [InlineData("""{"type":1}""", null, "", null)]
    public void AnInvocationOfAnyNameWithAnyArgumentsIsACallOfTheOneMethod(
        string frame, string? invocationId, string name, string? payload)
    {
        var call = Assert.IsAssignableFrom<InvocationMessage>(Assert.Single(Parse(frame)));
        Assert.Equal((EventHub.ReceiveMethod, null), (call.Target, call.InvocationId));
        Assert.Equal(3, call.Arguments.Length);
        Assert.Equal(invocationId, call.Arguments[2]);
        Assert.Equal(name, call.Arguments[0]);
        var given = Assert.IsType<JsonElement>(call.Arguments[1]);
        Assert.Equal(payload, given.ValueKind == JsonValueKind.Undefined ? null : given.GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"target":"login_guest"}""")]
    [InlineData("""{"type":null}""")]
    [InlineData("""{"type":"1","target":"login_guest"}""")]
    [InlineData("""{"type":1.5}""")]
    [InlineData("""{"type":1,"target":"login_guest" """)]
    [InlineData("""{"type":1,"target":"login_guest"}{"type":1,"target":"logout"}""")]
    [InlineData("""{"type":1,"target":"login_guest"} and more""")]
    [InlineData("""{"type":3}""")]
    [InlineData("""{"type":3,"invocationId":7,"result":1}""")]
    [InlineData("""{"type":8,"sequenceId":1.5}""")]
    [InlineData("""{"type":2,"streamIds":[7]}""")]
    public void AFrameThatCannotBeReadIsACallWithoutAName(string frame) => IsUnreadable(Parse(frame));

    [Fact]
    public void BytesThatAreNoUtf8AreUnreadable() =>
        IsUnreadable(ParseAll([.. """{"type":1,"target":"x"""u8, 0xff, 0xfe, .. "\"}\u001e"u8]));

    [Fact]
    public void NestingIsReadAsDeepAsTheLimitAndNoDeeper()
    {
        IsDeep(EventHubProtocol.MaxDepth - 2, isReadable: true);
        IsDeep(EventHubProtocol.MaxDepth + 1, isReadable: false);
        IsDeep(500_000, isReadable: false);
    }

    [Fact]
    public void SignalRsOwnMessagesPassThrough()
    {
        Assert.IsType<PingMessage>(Assert.Single(Parse("""{"type":6}""")));
        Assert.Equal("bye", Assert.IsType<CloseMessage>(Assert.Single(Parse("""{"type":7,"error":"bye"}"""))).Error);
        Assert.Equal(
            "7", Assert.IsType<CancelInvocationMessage>(Assert.Single(Parse("""{"type":5,"invocationId":"7"}"""))).InvocationId);
        var completion = Assert.IsType<CompletionMessage>(Assert.Single(Parse("""{"type":3,"invocationId":"7","error":"no"}""")));
        Assert.Equal(("7", "no"), (completion.InvocationId, completion.Error));
        Assert.Equal(5, Assert.IsType<AckMessage>(Assert.Single(Parse("""{"type":8,"sequenceId":5}"""))).SequenceId);
    }

    [Theory]
    [InlineData("""{"type":2,"invocationId":"4","item":1}""")]
    [InlineData("""{"type":2,"item":1,"invocationId":"4"}""")]
    [InlineData("""{"type":3,"invocationId":"4","result":1}""")]
    [InlineData("""{"type":3,"result":1,"invocationId":"4","error":"no"}""")]
    [InlineData("""{"type":4,"target":"no","arguments":[1],"invocationId":"4"}""")]
    public void AnswersToWhatNobodyAskedAreOneMessageEach(string frame) => Assert.Single(Parse(frame));

    [Fact]
    public void WhatIsSentIsWhatSignalRSends()
    {
        var message = new InvocationMessage("state_change", ["guest"]);
        Assert.Equal(
            """{"type":1,"target":"state_change","arguments":["guest"]}""" + Separator,
            Encoding.UTF8.GetString(_protocol.GetMessageBytes(message).Span));
        var json = new JsonHubProtocol();
        Assert.Equal((json.Name, json.Version, json.TransferFormat), (_protocol.Name, _protocol.Version, _protocol.TransferFormat));
    }

    [Fact]
    public void WhateverComesEachFrameIsOneMessageAndNothingIsThrown() => AnyFrame.List.Sample(
        frames =>
        {
            var bytes = frames.SelectMany(frame => frame.Append((byte)Separator)).ToArray();
            Assert.Equal(frames.Count, ParseAll(bytes).Count);
        },
        iter: 4000);

    [Fact]
    public void AnyNameAndAnyPayloadArrive() => Gen.Select(Gen.String, Gen.String).Sample(
        (name, text) =>
        {
            var frame = JsonSerializer.Serialize(new { type = 1, target = name, arguments = new[] { text } });
            var call = Assert.IsAssignableFrom<InvocationMessage>(Assert.Single(Parse(frame)));
            // What is no Unicode is replaced on the way out.
            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)), call.Arguments[0]);
            Assert.Equal(
                Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), ((JsonElement)call.Arguments[1]!).GetString());
        },
        iter: 500);

    [Fact]
    public void AFrameMayComeInPieces()
    {
        var whole = Encoding.UTF8.GetBytes("""{"type":1,"target":"zoë","arguments":[{"ä":1}]}""" + Separator + """{"type":6}""" + Separator);
        for (var cut = 0; cut <= whole.Length; cut++)
        {
            var input = Segments(whole[..cut], whole[cut..]);
            var messages = ParseAll(ref input);
            Assert.Equal(2, messages.Count);
            Assert.Equal("zoë", Assert.IsAssignableFrom<InvocationMessage>(messages[0]).Arguments[0]);
            Assert.IsType<PingMessage>(messages[1]);
            Assert.True(input.IsEmpty);
        }
    }

    [Fact]
    public void ABeginningIsLeftUntilTheRestComes()
    {
        var input = new ReadOnlySequence<byte>("""{"type":6}"""u8.ToArray());
        Assert.False(_protocol.TryParseMessage(ref input, new Binder(), out var message));
        Assert.Null(message);
        Assert.Equal(10, input.Length);
    }

    private static void IsUnreadable(List<HubMessage> messages)
    {
        var call = Assert.IsAssignableFrom<InvocationMessage>(Assert.Single(messages));
        Assert.Equal((EventHub.ReceiveMethod, null), (call.Target, call.Arguments[2]));
        Assert.Equal("", call.Arguments[0]);
        Assert.Equal(JsonValueKind.Undefined, Assert.IsType<JsonElement>(call.Arguments[1]).ValueKind);
    }

    private void IsDeep(int depth, bool isReadable)
    {
        var messages = Parse(
            $$"""{"type":1,"target":"deep","arguments":[{{new string('[', depth)}}{{new string(']', depth)}}]}""");
        if (isReadable) Assert.Equal("deep", ((InvocationMessage)Assert.Single(messages)).Arguments[0]);
        else IsUnreadable(messages);
    }

    private static ReadOnlySequence<byte> Segments(byte[] first, byte[] second)
    {
        var (head, tail) = (new Segment(first, 0), new Segment(second, first.Length));
        head.Follow(tail);
        return new ReadOnlySequence<byte>(head, 0, tail, second.Length);
    }

    private List<HubMessage> Parse(string frame) => ParseAll(Encoding.UTF8.GetBytes(frame + Separator));

    private List<HubMessage> ParseAll(byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        var messages = ParseAll(ref input);
        Assert.True(input.IsEmpty);
        return messages;
    }

    private List<HubMessage> ParseAll(ref ReadOnlySequence<byte> input)
    {
        var messages = new List<HubMessage>();
        while (_protocol.TryParseMessage(ref input, new Binder(), out var message)) messages.Add(message);
        return messages;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] memory, long index) => (Memory, RunningIndex) = (memory, index);

        public void Follow(Segment next) => Next = next;
    }

    /// <summary>Knows the hub's one method, and as little else as the server's own binder.</summary>
    private sealed class Binder : IInvocationBinder
    {
        public IReadOnlyList<Type> GetParameterTypes(string methodName) => methodName == EventHub.ReceiveMethod
            ? [typeof(string), typeof(JsonElement)]
            : throw new InvalidOperationException("No such method.");

        public Type GetReturnType(string invocationId) => throw new InvalidOperationException("No such invocation.");

        public Type GetStreamItemType(string streamId) => throw new KeyNotFoundException("No such stream.");
    }
}
