using System.Globalization;

namespace Gatehouse.Gateway.Delivery.Sessions;

/// <summary>The place of a named event: the session event that it comes from, and its place among those of that event.</summary>
/// <param name="Sequence">The session event's number; 0 before the first.</param>
/// <param name="Index">From 0.</param>
/// <remarks>What follows the two numbers tells apart the answers that came after that event; they are not sent again.</remarks>
public readonly record struct EventOffset(long Sequence, int Index)
{
    /// <summary>The newest session event of which all named events were seen for certain.</summary>
    public long SeenWholly => Math.Max(0, Sequence - 1);

    /// <summary>Reads an offset. None is the place before the first event; null when it is no offset of ours.</summary>
    public static EventOffset? Parse(string? text)
    {
        if (text is null) return default(EventOffset);
        return text.Split('.') is [var sequence, var index, ..]
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                ? new EventOffset(number, place)
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}.{Index}");
}
