using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>Some of all users.</summary>
/// <param name="Users">In order of their creation, then of their ids.</param>
/// <param name="Total">How many there are in all.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.UserPage")]
public sealed record UserPage([property: Id(0)] ImmutableArray<UserDetails> Users, [property: Id(1)] long Total);
