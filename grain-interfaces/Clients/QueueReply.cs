namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>The answer to <see cref="IClientGrain.Enqueue"/>.</summary>
/// <param name="Refusal">Recipient, Content, Full or Row; otherwise None.</param>
/// <param name="QueueId">The new row, which is stored.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.QueueReply")]
public sealed record QueueReply([property: Id(0)] ClientRefusal Refusal, [property: Id(1)] long QueueId = 0);
