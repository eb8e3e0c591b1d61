using System.Globalization;
using System.Net.Mail;
using System.Text;
using Gatehouse.GrainInterfaces;

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
    /// <see cref="MaxNameLength"/>, or holds what does not show, see <see cref="ShownText"/>.
    /// </summary>
    public static string? Name(string typed)
    {
        // A text element may carry any number of combining marks; bound those too.
        if (typed.Length > MaxNameLength * 16 || ShownText.Of(typed.Trim()) is not { Length: <= MaxNameLength * 4 } name) return null;
        return new StringInfo(name).LengthInTextElements <= MaxNameLength && Key(name).Length > 0 ? name : null;
    }

    /// <summary>An e-mail address, composed (NFC); null when it is none: one mailbox and a domain, nothing around it.</summary>
    public static string? Email(string typed)
    {
        if (typed.Length > MaxEmailLength || ShownText.Of(typed.Trim()) is not { Length: <= MaxEmailLength } address) return null;
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
}
