using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Gatehouse.Grains.Accounts;

/// <summary>What is acceptable as a name or an e-mail address, and when two of them are the same.</summary>
public static class AccountText
{
    /// <summary>The longest name, in characters as a person counts them.</summary>
    public const int MaxNameLength = 32;

    /// <summary>The longest e-mail address, in UTF-16 units; RFC 5321 allows no more.</summary>
    public const int MaxEmailLength = 254;

    /// <summary>
    /// A name without leading and trailing spaces, composed (NFC); null when it is empty, longer than
    /// <see cref="MaxNameLength"/>, or holds anything that does not show (control, format, private-use, unassigned characters,
    /// line breaks, lone surrogates).
    /// </summary>
    public static string? Name(string typed)
    {
        if (typed.Length > MaxNameLength * 16 || Compose(typed) is not { } name) return null;
        name = name.Trim();
        if (name.Length == 0 || new StringInfo(name).LengthInTextElements > MaxNameLength) return null;
        // A text element may carry any number of combining marks; bound those too.
        if (name.Length > MaxNameLength * 4) return null;
        return name.EnumerateRunes().All(Shows) && Key(name).Length > 0 ? name : null;
    }

    /// <summary>An e-mail address, composed (NFC); null when it is none: one mailbox and a domain, nothing around it.</summary>
    public static string? Email(string typed)
    {
        if (typed.Length > MaxEmailLength || Compose(typed) is not { } address) return null;
        address = address.Trim();
        if (address.Length > MaxEmailLength || !address.EnumerateRunes().All(Shows)) return null;
        return MailAddress.TryCreate(address, out var parsed)
            && parsed.Address == address
            && parsed.User.Length <= 64
            && parsed.Host.Split('.') is { Length: >= 2 } labels
            && labels.All(label => label.Length is > 0 and <= 63) ? address : null;
    }

    /// <summary>
    /// The form in which names and addresses are compared: compatibility-composed (NFKC), without regard to case. Upper before
    /// lower, because several small letters share one capital (σ and ς).
    /// </summary>
    public static string Key(string text) =>
        text.Normalize(NormalizationForm.FormKC).ToUpperInvariant().ToLowerInvariant().Normalize(NormalizationForm.FormKC)
            .Trim();

    private static string? Compose(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // Lone surrogates.
            return null;
        }
    }

    private static bool Shows(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
