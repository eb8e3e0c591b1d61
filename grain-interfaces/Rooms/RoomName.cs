namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>What is acceptable as a room's name.</summary>
public static class RoomName
{
    /// <summary>The longest, in UTF-16 units.</summary>
    public const int MaxLength = 128;

    /// <summary>
    /// The name, composed; nothing else is folded, so <c>a1d2ab29</c> and <c>A1D2AB29</c> are two rooms. Null when it is empty,
    /// too long, begins or ends with a space, or holds what does not show, see <see cref="ShownText"/>.
    /// </summary>
    public static string? Of(string typed) =>
        typed.Length is > 0 and <= MaxLength && ShownText.Of(typed) is { Length: <= MaxLength } name && name.Trim().Length == name.Length
            ? name
            : null;
}
