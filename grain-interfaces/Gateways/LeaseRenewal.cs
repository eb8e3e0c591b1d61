using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Gateways;

/// <summary>The answer to <see cref="IGatewayGrain.Renew"/>.</summary>
/// <param name="Unbroken">
/// False when the lease is new, had run out, or the grain had moved: the gateway may count as gone, so it must look after all of its
/// sessions.
/// </param>
/// <param name="Duration">How long the lease holds from now; renew it at half of that.</param>
/// <param name="Wakes">The first page of what <see cref="IGatewayGrain.GetWakes"/> gives.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.LeaseRenewal")]
public sealed record LeaseRenewal(
    [property: Id(0)] bool Unbroken, [property: Id(1)] TimeSpan Duration, [property: Id(2)] ImmutableArray<SessionWake> Wakes);
