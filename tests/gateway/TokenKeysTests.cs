using Gatehouse.Gateway.Tests.Support;
using Gatehouse.Gateway.Tokens;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Tests;

public sealed class TokenKeysTests
{
    [Fact]
    public void TheFirstKeySignsAndAllAreKnown()
    {
        var keys = Keys.Of(Keys.Line('a'), Keys.Line('b'));
        Assert.Equal("a", keys.Current.KeyId);
        Assert.Equal((byte)'a', keys.Current.Key[0]);
        Assert.Equal((byte)'b', keys.Find("b")?.Key[0]);
        Assert.Null(keys.Find("c"));
    }

    [Fact]
    public void AKeyWithoutAnIdGetsOneThatDependsOnTheKeyAlone()
    {
        var secret = Keys.Line('a')[2..];
        var keys = Keys.Of(secret);
        Assert.Equal(8, keys.Current.KeyId.Length);
        Assert.Equal(keys.Current.KeyId, Keys.Of(secret).Current.KeyId);
        Assert.NotEqual(keys.Current.KeyId, Keys.Of(Keys.Line('b')[2..]).Current.KeyId);
    }

    [Fact]
    public void KeysComeFromAFileAsWell()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $"{Keys.Line('f')}\n\n  {Keys.Line('g')}  \r\n");
            var keys = Keys.Of(new TokenKeyOptions { Keys = [Keys.Line('a')], KeyFile = file });
            Assert.Equal("a", keys.Current.KeyId);
            Assert.NotNull(keys.Find("f"));
            Assert.Equal(32, keys.Find("g")?.Key.Length);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void AProductionStartWithoutAKeyIsRefused()
    {
        Assert.Contains("Gatehouse:Token:Keys", Refused());
        Assert.Contains("Gatehouse:Token:Keys", Refused("", "  "));
    }

    [Fact]
    public void ADevelopmentStartWithoutAKeyMakesOneUp()
    {
        var keys = Keys.Of(new TokenKeyOptions(), Environments.Development);
        Assert.Equal(32, keys.Current.Key.Length);
        Assert.NotEqual(keys.Current.Key, Keys.Of(new TokenKeyOptions(), Environments.Development).Current.Key);
    }

    [Fact]
    public void AShortKeyIsRefusedByItsLength() => Assert.Contains("31", Refused(Keys.Line('a', 31)));

    [Fact]
    public void TwoKeysOfOneIdAreRefused() => Refused(Keys.Line('a'), Keys.Line('a', 40));

    [Theory]
    [InlineData("this is no base64, but it may be most of a secret")]
    [InlineData("id:this is no base64, but it may be most of a secret")]
    public void WhatIsNoBase64IsRefusedAndNotRepeated(string line)
    {
        var message = Refused(Keys.Line('a'), line);
        Assert.DoesNotContain("secret", message.Replace("Gatehouse", ""));
    }

    private static string Refused(params string[] lines) =>
        Assert.Throws<OptionsValidationException>(() => Keys.Of(lines)).Message;
}
