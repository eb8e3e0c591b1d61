using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Users;

/// <summary>One row of table <c>users</c>, without the failed-login counters, which change on their own.</summary>
public sealed record UserRow(
    Guid Id,
    UserKind Kind,
    string Name,
    string NameKey,
    string? Email,
    string? EmailKey,
    string? PasswordHash,
    int Version,
    bool IsBanned = false);
