using System.Text.Json.Serialization;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>A row of a mailbox as its owner gets it.</summary>
/// <param name="QueueId">What the owner acknowledges.</param>
/// <param name="Sender">The sender's id.</param>
/// <param name="Recipient">The owner's id.</param>
/// <param name="Content">What was sent, as it was sent.</param>
/// <param name="WsId">A connection of the sender; left out when it is not online.</param>
public sealed record QueueRowView(
    [property: JsonPropertyName("queue_id")] long QueueId,
    [property: JsonPropertyName("sender")] int Sender,
    [property: JsonPropertyName("recipient")] int Recipient,
    [property: JsonPropertyName("content")] RawJson Content,
    [property: JsonPropertyName("ws_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? WsId)
{
    /// <summary>The rows of a mailbox.</summary>
    public static IEnumerable<QueueRowView> Of(IEnumerable<QueueRow> rows) => rows.Select(row => new QueueRowView(
        row.QueueId, row.Sender, row.Recipient, new RawJson(row.Content), row.SenderWsId));
}
