using System.Text.Json.Serialization;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>What a client or node is told: <c>{action, parameters}</c>.</summary>
/// <param name="Action">The name of what has happened.</param>
/// <param name="Parameters">Encodable as JSON.</param>
/// <param name="Outcome">How the request went, for a transport that tells it apart.</param>
public sealed record ClientsAnswer(
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("parameters")] object Parameters,
    [property: JsonIgnore] ClientsOutcome Outcome = ClientsOutcome.Done)
{
    private const string TooManyAttempts = "too many attempts";

    /// <summary>An action has failed.</summary>
    public static ClientsAnswer Failed(string action, string reason, ClientsOutcome outcome = ClientsOutcome.Invalid) =>
        new(action + "Failed", new { msg = reason }, outcome);

    /// <summary>An action was refused.</summary>
    public static ClientsAnswer Refused(string action, ClientRefusal refusal)
    {
        var (reason, outcome) = refusal switch
        {
            ClientRefusal.Token => ("token not valid", ClientsOutcome.NotAllowed),
            ClientRefusal.Withheld => (TooManyAttempts, ClientsOutcome.TooMany),
            ClientRefusal.Information => ("information is too long", ClientsOutcome.TooLong),
            ClientRefusal.Hash => ("hash not valid", ClientsOutcome.Invalid),
            ClientRefusal.Recipient => ("recipient does not exist", ClientsOutcome.Invalid),
            ClientRefusal.Content => ("content is too long", ClientsOutcome.TooLong),
            ClientRefusal.Full => ("the recipient's queue is full", ClientsOutcome.TooMany),
            ClientRefusal.Row => ("queue_id is not in your queue", ClientsOutcome.Invalid),
            _ => ("internal error", ClientsOutcome.Broken),
        };
        return Failed(action, reason, outcome);
    }

    /// <summary>Too much was asked for.</summary>
    /// <param name="action">The action; null when no known one was found.</param>
    /// <param name="retryAfter">After how many seconds it may be asked for again.</param>
    public static ClientsAnswer Withheld(string? action, int retryAfter) => new(
        action is null ? "error" : action + "Failed",
        new { msg = TooManyAttempts, retry_after = retryAfter },
        ClientsOutcome.TooMany);

    /// <summary>A message in which no known action was found.</summary>
    public static ClientsAnswer Error(string reason) => new("error", new { msg = reason }, ClientsOutcome.Invalid);
}

/// <summary>How a request went.</summary>
public enum ClientsOutcome
{
    /// <summary>As it was asked.</summary>
    Done,

    /// <summary>It made no sense.</summary>
    Invalid,

    /// <summary>The token was not good.</summary>
    NotAllowed,

    /// <summary>Something was too long.</summary>
    TooLong,

    /// <summary>It may go better later.</summary>
    TooMany,

    /// <summary>It failed for a reason of ours.</summary>
    Broken,
}
