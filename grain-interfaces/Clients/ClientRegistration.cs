namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>The answer to <see cref="IClientDirectoryGrain.Register"/>.</summary>
/// <param name="Refusal">Information or Hash; otherwise None.</param>
/// <param name="Id">The new id.</param>
/// <param name="Secret">The secret of the token, which nobody can find out again.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientRegistration")]
public sealed record ClientRegistration(
    [property: Id(0)] ClientRefusal Refusal, [property: Id(1)] int Id = 0, [property: Id(2)] Secret Secret = default);
