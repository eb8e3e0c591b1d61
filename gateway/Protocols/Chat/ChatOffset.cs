using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>What a client has seen of a room, as the offset of an event tells it.</summary>
/// <param name="Room">The room's tag.</param>
/// <param name="Sequence">The number of the last message that it has seen, or that was there when it came in.</param>
/// <param name="WithId">Whether it gets messages with <c>id</c> and <c>time</c>.</param>
/// <param name="Entry">The entry that it was told of last, see <see cref="RoomEntry.Id"/>; null when it has seen a message since.</param>
public readonly partial record struct ChatOffset(string Room, long Sequence, bool WithId, string? Entry = null)
{
    /// <summary>Reads an offset; null when it is none of a room. What follows it tells apart the answers that came after.</summary>
    public static ChatOffset? Parse(string? text)
    {
        if (text is null || Form().Match(text) is not { Success: true } match) return null;
        return new ChatOffset(
            match.Groups["room"].Value,
            long.Parse(match.Groups["sequence"].ValueSpan, CultureInfo.InvariantCulture),
            match.Groups["form"].Value == "i",
            match.Groups["entry"] is { Success: true } entry ? entry.Value : null);
    }

    /// <summary>Whether all that a client misses who has seen this is what was said in the room: it knows that it is there.</summary>
    public bool IsOf(string room, RoomEntry entry) => Room == room && (Entry is null ? Sequence > entry.Since : Entry == entry.Id);

    // Begins as the offset of a session's event does, before the first.
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"0.0.{(WithId ? 'i' : 'r')}{Room}.{Sequence}{(Entry is null ? "" : ".e")}{Entry}");

    [GeneratedRegex(
        @"^0\.0\.(?<form>[ri])(?<room>[A-Za-z0-9_-]{8})\.(?<sequence>[0-9]{1,18})(\.e(?<entry>[A-Za-z0-9_-]{1,32}))?(\.[0-9]{1,18})?\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
