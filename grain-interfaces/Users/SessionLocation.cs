namespace Gatehouse.GrainInterfaces.Users;

/// <summary>A session and the gateway that can reach it.</summary>
/// <param name="SessionId">The session's id.</param>
/// <param name="GatewayId">The gateway that holds its connections.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SessionLocation")]
public sealed record SessionLocation([property: Id(0)] string SessionId, [property: Id(1)] string GatewayId);
