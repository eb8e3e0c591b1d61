using CsCheck;
using Gatehouse.Grains.Accounts;

namespace Gatehouse.Grains.Tests;

public sealed class AccountTextTests
{
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.String,
        Gen.Int[0, 0x10FFFF].Where(code => code is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32)
            .Array.Select(string.Concat),
        Gen.OneOf("a", "Z", " ", "\u0301", "\u200d", "\ud800", "\0", "@", ".", "\u00df", "\u0130", "\u03c2").Array
            .Select(string.Concat));

    [Theory]
    [InlineData("Ada", "Ada")]
    [InlineData("  Ada  ", "Ada")]
    [InlineData("\tAda\r\n", "Ada")]
    [InlineData("Zoe\u0308", "Zo\u00eb")]
    [InlineData("\ud83d\ude00", "\ud83d\ude00")]
    [InlineData("O'Neil-\u5c71\u7530 (2)", "O'Neil-\u5c71\u7530 (2)")]
    [InlineData("12345678901234567890123456789012", "12345678901234567890123456789012")]
    [InlineData("123456789012345678901234567890123", null)]
    [InlineData("", null)]
    [InlineData(" \u00a0\u3000", null)]
    [InlineData("line\nbreak", null)]
    [InlineData("nul\0", null)]
    [InlineData("bell\u0007", null)]
    [InlineData("left\u202eright", null)] // turns the text around
    [InlineData("zero\u200bwidth", null)]
    [InlineData("private\ue000", null)]
    [InlineData("\u2028", null)]
    public void ANameIsWhatShows(string typed, string? name) => Assert.Equal(name, AccountText.Name(typed));

    [Fact]
    public void ANameWithALoneSurrogateIsNone()
    {
        Assert.Null(AccountText.Name("half \ud83d"));
        Assert.Null(AccountText.Email("half\ud83d@example.org"));
    }

    [Fact]
    public void ANameOfAMegabyteIsNone()
    {
        Assert.Null(AccountText.Name(new string('a', 1_000_000)));
        Assert.Null(AccountText.Name("e" + new string('\u0301', 1_000_000)));
        Assert.Null(AccountText.Name("e" + new string('\u0301', 200)));
    }

    [Theory]
    [InlineData("ada@example.org", true)]
    [InlineData("ada+tag@mail.example.org", true)]
    [InlineData("a@b.c", true)]
    [InlineData("\u00e4da@ex\u00e4mple.org", true)]
    [InlineData("o'neil@example.org", true)]
    [InlineData("ada", false)]
    [InlineData("ada@", false)]
    [InlineData("@example.org", false)]
    [InlineData("ada@localhost", false)]
    [InlineData("ada@example..org", false)]
    [InlineData("ada@.org", false)]
    [InlineData("ada@example.org.", false)]
    [InlineData("ada@@example.org", false)]
    [InlineData("ada@example.org, eve@example.org", false)]
    [InlineData("Ada <ada@example.org>", false)]
    [InlineData("<ada@example.org>", false)]
    [InlineData("ada lovelace@example.org", false)]
    [InlineData("ada@example.org\r\nBcc: eve@example.org", false)]
    [InlineData("ada\0@example.org", false)]
    [InlineData("", false)]
    public void AnAddressIsOneMailboxAndADomain(string typed, bool accepted) =>
        Assert.Equal(accepted ? typed : null, AccountText.Email(typed));

    [Fact]
    public void AnAddressHasAtMost254CharactersAnd64BeforeTheAt()
    {
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 62), 3)) + ".org";
        Assert.NotNull(AccountText.Email(new string('u', 254 - domain.Length - 1) + "@" + domain));
        Assert.Null(AccountText.Email(new string('u', 254 - domain.Length) + "@" + domain));
        Assert.NotNull(AccountText.Email(new string('u', 64) + "@example.org"));
        Assert.Null(AccountText.Email(new string('u', 65) + "@example.org"));
    }

    [Fact]
    public void AnyTextIsANameOrNone() => AnyText.Sample(typed =>
    {
        if (AccountText.Name(typed) is not { } name) return;
        // What was accepted is accepted again as it is, and has a key to be compared by.
        Assert.Equal(name, AccountText.Name(name));
        Assert.NotEmpty(AccountText.Key(name));
    }, iter: 500);

    [Fact]
    public void AnyTextIsAnAddressOrNone() => AnyText.Sample(typed =>
    {
        if (AccountText.Email(typed + "@example.org") is { } email) Assert.Equal(email, AccountText.Email(email));
    }, iter: 500);

    [Fact]
    public void NamesThatDifferInCaseCompositionOrCompatibilityAreTheSame() => AnyText.Sample(typed =>
    {
        if (AccountText.Name(typed) is not { } name) return;
        var key = AccountText.Key(name);
        Assert.Equal(key, AccountText.Key(key));
        Assert.Equal(key, AccountText.Key(name.ToUpperInvariant()));
        Assert.Equal(key, AccountText.Key(name.ToLowerInvariant()));
        Assert.Equal(key, AccountText.Key(name.Normalize(System.Text.NormalizationForm.FormD)));
        Assert.Equal(key, AccountText.Key(name.Normalize(System.Text.NormalizationForm.FormKC)));
    }, iter: 5000);
}
