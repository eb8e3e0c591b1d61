using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>The answer to <see cref="IClientGrain.LogIn"/>.</summary>
/// <param name="Refusal">Token or Withheld; otherwise None, and the rest is filled.</param>
/// <param name="Information">The client's JSON object, as it was sent.</param>
/// <param name="Hash">A node's hash.</param>
/// <param name="Queue">What waits for it, oldest first.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientLogin")]
public sealed record ClientLogin(
    [property: Id(0)] ClientRefusal Refusal,
    [property: Id(1)] string Information,
    [property: Id(2)] string? Hash,
    [property: Id(3)] ImmutableArray<QueueRow> Queue)
{
    /// <summary>A refusal.</summary>
    public static ClientLogin Refused(ClientRefusal reason) => new(reason, "{}", null, []);
}
