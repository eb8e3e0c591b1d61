using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>The answer to <see cref="IClientGrain.Process"/>.</summary>
/// <param name="Refusal">Token or Withheld; otherwise None.</param>
/// <param name="Rows">What still waits, oldest first.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.QueueState")]
public sealed record QueueState([property: Id(0)] ClientRefusal Refusal, [property: Id(1)] ImmutableArray<QueueRow> Rows);
