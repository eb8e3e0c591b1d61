using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>What a member says.</summary>
/// <param name="SessionId">Who says it.</param>
/// <param name="Body">A JSON object in UTF-8, as members get it.</param>
/// <param name="Nonce">What its author calls it, see <see cref="RoomMessage.Nonce"/>.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Posting")]
public readonly record struct Posting([property: Id(0)] string SessionId, [property: Id(1)] ReadOnlyMemory<byte> Body, [property: Id(2)] string? Nonce = null);

/// <summary>The answer to <see cref="IRoomMessages.Post"/>.</summary>
/// <param name="Replies">What became of each message, in their order.</param>
/// <param name="News">
/// What the room has told since the gateway's last update, these messages included; null when that comes by itself.
/// </param>
[GenerateSerializer, Immutable, Alias("Gatehouse.PostReplies")]
public sealed record PostReplies([property: Id(0)] ImmutableArray<PostReply> Replies, [property: Id(1)] RoomUpdate? News);

/// <summary>What became of one message.</summary>
/// <param name="Outcome">What became of the message.</param>
/// <param name="Activation">Which life of the room this is.</param>
/// <param name="Sequence">The message's number; 0 when it was not taken, or had been said before.</param>
/// <param name="MutedFor">How much longer its sender is muted; zero when not.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.PostReply")]
public sealed record PostReply(
    [property: Id(0)] PostOutcome Outcome,
    [property: Id(1)] string Activation,
    [property: Id(2)] long Sequence = 0,
    [property: Id(3)] TimeSpan MutedFor = default);

/// <summary>What became of a message.</summary>
public enum PostOutcome
{
    /// <summary>It has its place in the room; its sender gets it as everybody does. Or it has had it already, by its nonce.</summary>
    Posted,

    /// <summary>Its sender is not in the room, or this life of the room does not know it yet.</summary>
    NotMember,

    /// <summary>Its sender is muted.</summary>
    Muted,

    /// <summary>It is too long.</summary>
    TooLong,

    /// <summary>Too many messages wait to be stored.</summary>
    Busy,

    /// <summary>Whether its sender is muted could not be found out.</summary>
    Failed,
}
