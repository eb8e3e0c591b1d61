using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>What a user knows of one of its sessions: where it can be reached, and how long it waits for its client.</summary>
/// <param name="SessionId">The session's id.</param>
/// <param name="Protocol">The protocol that it speaks, for a person who looks through their sessions.</param>
/// <param name="GatewayIds">The gateways that hold its connections; empty while it has none.</param>
/// <param name="IdleWindow">How long it outlives its last connection; zero when it ends with it.</param>
/// <param name="EndsAt">When it ends in any case; null when never.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionLocation")]
public sealed record SessionLocation(
    [property: Id(0)] string SessionId,
    [property: Id(1)] string Protocol,
    [property: Id(2)] ImmutableArray<string> GatewayIds,
    [property: Id(3)] TimeSpan IdleWindow = default,
    [property: Id(4)] DateTimeOffset? EndsAt = null);

/// <summary>A session's login still holds: the answer to <see cref="IUserSessions.ReportLocation"/>.</summary>
/// <param name="UserName">The user's name as it is shown now.</param>
/// <param name="Kind">What the user is now.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.PlaceReply")]
public sealed record LocationReply([property: Id(0)] string UserName, [property: Id(1)] UserKind Kind);
