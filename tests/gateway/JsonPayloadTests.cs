using System.Text.Json;
using CsCheck;
using Gatehouse.Gateway.Connections;

namespace Gatehouse.Gateway.Tests;

public sealed class JsonPayloadTests
{
    [Theory]
    [InlineData("\"text\"", "text")]
    [InlineData("\"\"", "")]
    [InlineData("\"nul \\u0000\"", "nul \0")]
    [InlineData("\"\\ud83d\\ude00\"", "\ud83d\ude00")]
    [InlineData("\"half \\ud83d\"", null)]
    [InlineData("1", null)]
    [InlineData("null", null)]
    [InlineData("true", null)]
    [InlineData("[\"text\"]", null)]
    [InlineData("{\"text\":\"text\"}", null)]
    public void OnlyAStringIsText(string json, string? text) => Assert.Equal(text, Parse(json).Text());

    [Theory]
    [InlineData("{\"name\":\"Ada\"}", "Ada")]
    [InlineData("{\"name\":\"Ada\",\"other\":[1,{}]}", "Ada")]
    [InlineData("{\"n\\u0061me\":\"Ada\"}", "Ada")]
    [InlineData("{\"Name\":\"Ada\"}", null)]
    [InlineData("{\"name\":null}", null)]
    [InlineData("{\"name\":7}", null)]
    [InlineData("{\"name\":[\"Ada\"]}", null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("\"name\"", null)]
    [InlineData("null", null)]
    public void AFieldIsTextOrNothing(string json, string? text) => Assert.Equal(text, Parse(json).Text("name"));

    [Theory]
    [InlineData("""{"\ud800 and something more":1,"name":"Ada"}""")]
    [InlineData("""{"name":"Ada","\udfff":1,"n\ud800 and something more":1}""")]
    public void AFieldNameThatIsNoUnicodeHarmsNoOther(string json) => Assert.Equal("Ada", Parse(json).Text("name"));

    [Theory]
    [InlineData("7", 7L)]
    [InlineData("-7", -7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("7.5", null)]
    [InlineData("1e400", null)]
    [InlineData("\"7\"", null)]
    [InlineData("[7]", null)]
    [InlineData("null", null)]
    public void OnlyAWholeNumberIsANumber(string json, long? number)
    {
        Assert.Equal(number, Parse(json).Number());
        Assert.Equal(number, Parse($"{{\"number\":{json}}}").Number("number"));
    }

    [Fact]
    public void WhatIsNotThereIsNeither()
    {
        Assert.Null(default(JsonElement).Text());
        Assert.Null(default(JsonElement).Text("name"));
        Assert.Null(default(JsonElement).Number());
        Assert.Null(default(JsonElement).Number("number"));
    }

    [Fact]
    public void AnyTextSurvivesTheWayThroughJson() => Gen.Null(Gen.String).Sample(
        text =>
        {
            var json = JsonSerializer.Serialize(new Dictionary<string, string?> { ["name"] = text });
            var expected = text is null || text.Any(char.IsSurrogate) ? Parse(json).GetProperty("name").Text() : text;
            Assert.Equal(expected, Parse(json).Text("name"));
        },
        iter: 500);

    private static JsonElement Parse(string json) => JsonElement.Parse(json);

    // It goes into tables, together with what others say.
    [Theory]
    [InlineData("""{"nonce":"a"}""", "a")]
    [InlineData("""{"nonce":"12345678"}""", "12345678")]
    [InlineData("""{"nonce":"123456789"}""", null)]
    [InlineData("""{"nonce":""}""", null)]
    [InlineData("""{"nonce":"a\u0000b"}""", null)]
    [InlineData("""{"nonce":"\ud800"}""", null)]
    [InlineData("""{"nonce":7}""", null)]
    [InlineData("{}", null)]
    public void LabelIsAShortTextThatCanBeStored(string sent, string? label)
    {
        using var payload = JsonDocument.Parse(sent);
        Assert.Equal(label, payload.RootElement.Label("nonce", maxLength: 8));
    }
}
