using System.Globalization;
using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>
/// A message of a client or node: <c>{action, parameters}</c>, where some clients put <c>token</c>, <c>recipient</c> and
/// <c>queue_id</c> beside <c>parameters</c>, and others into them.
/// </summary>
public readonly struct ClientsMessage(JsonElement payload)
{
    private const int MaxSocketId = 128;
    private const int MaxRequest = 64;

    /// <summary>The action's name; null when there is none.</summary>
    public string? Action => payload.Text("action");

    /// <summary>Undefined when there are none.</summary>
    public JsonElement Parameters => payload.Field("parameters");

    /// <summary>The token that the message is to be judged by; null when there is none.</summary>
    public string? Token => payload.Text("token") ?? Parameters.Text("token");

    /// <summary>
    /// The same, in a message whose parameters are somebody else's to read: there, only what looks like one of our tokens is one.
    /// </summary>
    public string? SenderToken =>
        payload.Text("token") ?? (IsToken(Parameters.Field("token")) ? Parameters.Text("token") : null);

    /// <summary>A connection; null when none is named, or what no connection is called.</summary>
    public string? RecipientSocket =>
        Beside("recipient").Text() is { Length: > 0 and <= MaxSocketId } id && !id.Any(char.IsControl) ? id : null;

    /// <summary>A client or node; null when none is named.</summary>
    public int? RecipientId => Id("recipient") is > 0 and <= int.MaxValue and var id ? (int)id : null;

    /// <summary>A row of the sender's mailbox; null when none is named.</summary>
    public long? QueueId => Id("queue_id");

    /// <summary>What the sender calls what it asks for, beside <c>parameters</c> alone; null when that is no name.</summary>
    public string? Request => payload.Label("request", MaxRequest);

    /// <summary>Whether a row is named at all.</summary>
    public bool HasQueueId => Beside("queue_id").ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>What is for the recipient: the parameters, or their <c>content</c> when they name the recipient as well. Never a token of ours.</summary>
    public RawJson Content
    {
        get
        {
            var parameters = Parameters;
            var isBeside = payload.Field("recipient").ValueKind != JsonValueKind.Undefined;
            if (isBeside && parameters.ValueKind == JsonValueKind.Undefined) return RawJson.Of(payload.Field("content"));
            if (!isBeside && parameters.Field("content") is { ValueKind: not JsonValueKind.Undefined } content) return RawJson.Of(content);
            if (parameters.ValueKind != JsonValueKind.Object) return RawJson.Of(parameters);
            return RawJson.Without(parameters, part =>
                (part.IsNamed("token") && IsToken(part.Value))
                || (!isBeside && (part.IsNamed("recipient") || part.IsNamed("queue_id"))));
        }
    }

    private static bool IsToken(JsonElement value) => ClientToken.Parse(value.Text()) is not null;

    private JsonElement Beside(string field) =>
        payload.Field(field) is { ValueKind: not JsonValueKind.Undefined } beside ? beside : Parameters.Field(field);

    private long? Id(string field)
    {
        var value = Beside(field);
        if (value.Number() is { } number) return number;
        return long.TryParse(value.Text(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }
}
