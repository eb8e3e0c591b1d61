namespace Gatehouse.GrainInterfaces.Rooms;

/// <summary>A room as what moderators keep in order.</summary>
[Alias("Gatehouse.IRoomModeration")]
public interface IRoomModeration : IGrainWithStringKey
{
    /// <summary>Does something to a user, present or not.</summary>
    /// <param name="sessionId">Who wants it done: a moderator, or an administrator for <see cref="ModerationKind.Appoint"/>.</param>
    /// <param name="moderation">What.</param>
    [Alias("Moderate")]
    Task<ModerationOutcome> Moderate(string sessionId, Moderation moderation);
}
