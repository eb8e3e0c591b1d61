namespace Gatehouse.GrainInterfaces.Users;

/// <summary>A session's login still holds, see <see cref="IUserGrain.ReportLocation"/>.</summary>
/// <param name="UserName">The user's name as it is shown now.</param>
/// <param name="Kind">What the user is now.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.PlaceReply")]
public sealed record LocationReply([property: Id(0)] string UserName, [property: Id(1)] UserKind Kind);
