using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Protocols.Users;

/// <summary>The answer to an action: data, or an error, which may bring data of its own.</summary>
/// <param name="Data">The action's result, or more about the error.</param>
/// <param name="Error">A code or a sentence; null on success.</param>
public sealed record UsersReply(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] object? Data,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null)
{
    public static UsersReply Success { get; } = new(new { success = true });

    public static UsersReply Failed(string error, object? data = null) => new(data, error);
}
