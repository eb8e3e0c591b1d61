using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>
/// One entry of a session's outbox: a change of its login state, in no protocol's spelling. A protocol turns it into named
/// events; because it holds no secret (tokens are signed on the way out), it can be stored and delivered again.
/// </summary>
/// <param name="Sequence">Position in the session's outbox: 1 for the first event, without gaps.</param>
/// <param name="Kind">What happened.</param>
/// <param name="State">The login state afterwards.</param>
/// <param name="UserId">The user concerned; null when logged out.</param>
/// <param name="UserName">The user's name at that time; null when logged out.</param>
/// <param name="Token">The token that the client is to keep; null where none is issued.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionEvent")]
public sealed record SessionEvent(
    [property: Id(0)] long Sequence,
    [property: Id(1)] SessionEventKind Kind,
    [property: Id(2)] LoginState State,
    [property: Id(3)] Guid? UserId = null,
    [property: Id(4)] string? UserName = null,
    [property: Id(5)] IssuedToken? Token = null);
