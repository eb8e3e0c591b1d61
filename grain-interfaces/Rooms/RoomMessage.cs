using System.Collections.Immutable;
using System.Text;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A message of a room.</summary>
/// <param name="Sequence">
/// Its number: later messages have greater ones, in the one order that all members see. Numbers may be left out.
/// </param>
/// <param name="At">When the room took it.</param>
/// <param name="Author">Who sent it, see <see cref="RoomMember.Key"/>.</param>
/// <param name="Body">A JSON object in UTF-8, as members get it.</param>
/// <param name="Level">What say the sender had then, to be shown: who has become an administrator since the room has asked is none yet.</param>
/// <param name="Nonce">
/// What its author calls it; null when nothing. A second message of the author by the same name is the first one said again, and is not said.
/// </param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomMessage")]
public sealed record RoomMessage(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Author,
    [property: Id(3)] ReadOnlyMemory<byte> Body,
    [property: Id(4)] RoomLevel Level = RoomLevel.User,
    [property: Id(5)] string? Nonce = null)
{
    /// <summary>What it takes besides its body: two objects.</summary>
    private const int Overhead = 128;

    /// <summary>The body as text.</summary>
    public string Text() => Encoding.UTF8.GetString(Body.Span);

    /// <summary>About how many bytes of memory it takes.</summary>
    public int Size() => Overhead + Body.Length + ((Nonce?.Length ?? 0) * sizeof(char));
}

/// <summary>Some of a room's messages.</summary>
/// <param name="Messages">In the order that was asked for.</param>
/// <param name="Sequence">Up to which number nothing is left out, reading forwards.</param>
/// <param name="HasMore">Whether there are more in that direction.</param>
/// <param name="IsWhole">False when some of what was asked for is forgotten, as an ephemeral room does.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.RoomPage")]
public sealed record RoomPage(
    [property: Id(0)] ImmutableArray<RoomMessage> Messages,
    [property: Id(1)] long Sequence,
    [property: Id(2)] bool HasMore,
    [property: Id(3)] bool IsWhole = true);
