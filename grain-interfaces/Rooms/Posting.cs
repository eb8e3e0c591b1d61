namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>The outcome of <see cref="IRoomMessages.Post"/>.</summary>
/// <param name="Outcome">What became of the message.</param>
/// <param name="Activation">Which life of the room this is.</param>
/// <param name="Sequence">The message's number; 0 when it was not taken.</param>
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
    /// <summary>It has its place in the room; its sender gets it as everybody does.</summary>
    Posted,

    /// <summary>Its sender is not in the room, or this life of the room does not know it yet.</summary>
    NotMember,

    /// <summary>Its sender is muted.</summary>
    Muted,

    /// <summary>It is too long.</summary>
    TooLong,

    /// <summary>Too many messages wait to be stored.</summary>
    Busy,
}
