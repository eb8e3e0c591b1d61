namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>The answer to <see cref="IClientDirectoryGrain.Forward"/>.</summary>
/// <param name="Sent">Whether the recipient's gateway was handed the message.</param>
/// <param name="ClientId">Who the recipient's connection belongs to, or did not long ago; null when that is not known.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ForwardReply")]
public sealed record ForwardReply([property: Id(0)] bool Sent, [property: Id(1)] int? ClientId);
