using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Users;

/// <summary>One row of table <c>users</c>, as it was when it was read: whoever decides by it says its version when they write.</summary>
/// <param name="IsBarred">Whether no password lets anybody in: it is banned, or locked after too many wrong ones.</param>
public sealed record UserRow(
    Guid Id,
    UserKind Kind,
    string Name,
    string NameKey,
    string? Email,
    string? EmailKey,
    string? PasswordHash,
    int Version = 1,
    bool IsBanned = false,
    bool IsBarred = false);
