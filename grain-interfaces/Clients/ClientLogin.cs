using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>The answer to <see cref="IClientGrain.LogIn"/>.</summary>
/// <param name="Refusal">Token or Withheld; otherwise None, and the rest is filled.</param>
/// <param name="Information">The client's JSON object, as it was sent.</param>
/// <param name="Hash">A node's hash.</param>
/// <param name="Queue">What waits for it, oldest first; the first page of it.</param>
/// <param name="HasMore">Whether more waits.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientLogin")]
public sealed record ClientLogin(
    [property: Id(0)] ClientRefusal Refusal,
    [property: Id(1)] string Information,
    [property: Id(2)] string? Hash,
    [property: Id(3)] ImmutableArray<QueueRow> Queue,
    [property: Id(4)] bool HasMore = false)
{
    /// <summary>A refusal.</summary>
    public static ClientLogin Refused(ClientRefusal reason) => new(reason, "{}", null, []);
}

/// <summary>Shows that a request comes from whom it says.</summary>
/// <param name="Kind">The kind that it says it is; a node's token is none of a client.</param>
/// <param name="Secret">The secret of its token.</param>
/// <param name="Address">
/// The network address from which failures are counted; null when the connection has logged in with this secret, so that the
/// failures of others at its address do not shut it out.
/// </param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientProof")]
public sealed record ClientProof(
    [property: Id(0)] ClientKind Kind, [property: Id(1)] Secret Secret, [property: Id(2)] string? Address);

/// <summary>The answer to <see cref="IClientDirectoryGrain.Register"/>.</summary>
/// <param name="Refusal">Information or Hash; otherwise None.</param>
/// <param name="Id">The new id.</param>
/// <param name="Secret">The secret of the token, which nobody can find out again.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientRegistration")]
public sealed record ClientRegistration(
    [property: Id(0)] ClientRefusal Refusal, [property: Id(1)] int Id = 0, [property: Id(2)] Secret Secret = default);
