namespace Gatehouse.GrainInterfaces.Gateways;

/// <summary>The answer to <see cref="IGatewayGrain.Renew"/>.</summary>
/// <param name="Unbroken">
/// False when the lease is new, had run out, or the grain had moved: wake-ups may have been lost, so the gateway must refresh
/// all of its sessions.
/// </param>
/// <param name="Duration">How long the lease holds from now; renew it at half of that.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.LeaseRenewal")]
public sealed record LeaseRenewal([property: Id(0)] bool Unbroken, [property: Id(1)] TimeSpan Duration);
