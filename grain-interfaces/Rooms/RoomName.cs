using System.Globalization;
using System.Text;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>What is acceptable as a room's name.</summary>
public static class RoomName
{
    /// <summary>The longest, in UTF-16 units.</summary>
    public const int MaxLength = 128;

    /// <summary>
    /// The name, composed (NFC) so that it does not matter how it was typed; nothing else is folded, so <c>a1d2ab29</c> and
    /// <c>A1D2AB29</c> are two rooms. Null when it is empty, too long, begins or ends with a space, or holds what does not show.
    /// </summary>
    public static string? Of(string typed)
    {
        if (typed.Length is 0 or > MaxLength) return null;
        string name;
        try
        {
            name = typed.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            // Lone surrogates.
            return null;
        }
        return name.Length <= MaxLength && name.Trim().Length == name.Length && name.EnumerateRunes().All(Shows) ? name : null;
    }

    private static bool Shows(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);
}
