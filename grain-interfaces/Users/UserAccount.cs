using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Operators;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>An account as operators see it.</summary>
/// <param name="Details">What is known of the user.</param>
/// <param name="BanReason">Why it is banned; null when it is not, or nobody said.</param>
/// <param name="BannedUntil">Until when; null when it is not, or for ever.</param>
/// <param name="LockedUntil">Until when wrong passwords have locked it; null when they have not.</param>
/// <param name="Logins">Where it is logged in, newest first.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.UserAccount")]
public sealed record UserAccount(
    [property: Id(0)] UserDetails Details,
    [property: Id(1)] string? BanReason,
    [property: Id(2)] DateTimeOffset? BannedUntil,
    [property: Id(3)] DateTimeOffset? LockedUntil,
    [property: Id(4)] ImmutableArray<Login> Logins);

/// <summary>Users whose names begin alike.</summary>
/// <param name="Users">By name.</param>
/// <param name="Next">What to go on after; null when these are all.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.UserMatches")]
public sealed record UserMatches([property: Id(0)] ImmutableArray<UserDetails> Users, [property: Id(1)] string? Next);

/// <summary>The answer to <see cref="IUserOperation.AllowReset"/>.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Code">The code, which is shown this once; empty when there is none.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ResetReply")]
public sealed record ResetReply(
    [property: Id(0)] OperatorOutcome Outcome, [property: Id(1)] Secret Code, [property: Id(2)] DateTimeOffset ExpiresAt);
