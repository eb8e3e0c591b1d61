using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>The body of a node's HTTP request, for its description.</summary>
/// <param name="Action"><c>register</c> or <c>update</c>; may be left out.</param>
/// <param name="Parameters">What is registered or changed.</param>
public sealed record NodeRequest(string? Action, NodeParameters Parameters);

/// <summary>The parameters of a node's HTTP request.</summary>
/// <param name="Token">The node's token, to update.</param>
/// <param name="Hash">The hash by which the node's description is found.</param>
/// <param name="Information">Any JSON object.</param>
public sealed record NodeParameters(string? Token, string? Hash, JsonElement? Information);

/// <summary>The body of the answer to a node over HTTP.</summary>
/// <param name="Action">As over a socket.</param>
/// <param name="Parameters">As over a socket.</param>
/// <param name="Token">The new token once more, where some nodes look for it.</param>
public sealed record NodeAnswer(
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("parameters")] object Parameters,
    [property: JsonPropertyName("token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token = null)
{
    /// <summary>An answer as it is sent over HTTP.</summary>
    public static NodeAnswer Of(ClientsAnswer answer) =>
        new(answer.Action, answer.Parameters, (answer.Parameters as Registered)?.Token);
}

/// <summary>The parameters of <c>registered</c>.</summary>
/// <param name="Token">What to log in with; it is shown this once.</param>
/// <param name="Id">The new client's or node's id.</param>
public sealed record Registered([property: JsonPropertyName("token")] string Token, [property: JsonPropertyName("id")] int Id);
