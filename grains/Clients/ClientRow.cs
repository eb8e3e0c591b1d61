using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Grains.Clients;

/// <summary>One row of table <c>clients</c>.</summary>
public sealed record ClientRow(ClientKind Kind, byte[] SecretHash, string Information, string? Hash, bool WasUsed = false);
