using System.Globalization;
using System.Text;

namespace Gatehouse.GrainInterfaces;

/// <summary>Text that people see, such as names.</summary>
public static class ShownText
{
    /// <summary>
    /// Composed (NFC), so that it does not matter how it was typed; null when it holds anything that does not show (control,
    /// format, private-use, unassigned characters, line breaks, lone surrogates).
    /// </summary>
    public static string? Of(string typed)
    {
        try
        {
            var text = typed.Normalize(NormalizationForm.FormC);
            return text.EnumerateRunes().All(Shows) ? text : null;
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
