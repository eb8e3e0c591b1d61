using System.Text.Json.Serialization;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>The parameters of <c>queue</c> and <c>updateQueue</c>.</summary>
/// <param name="Queue">Rows of the mailbox.</param>
/// <param name="More">True when more wait than were sent; left out otherwise.</param>
public sealed record QueueView(
    [property: JsonPropertyName("queue")] IEnumerable<QueueRowView> Queue,
    [property: JsonPropertyName("more"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? More)
{
    /// <summary>A page of a mailbox, or a part of it.</summary>
    public static QueueView Of(QueueState state) => new(QueueRowView.Of(state.Rows), state.HasMore ? true : null);
}

/// <summary>The parameters of <c>logged</c>.</summary>
/// <param name="Id">Who has logged in.</param>
/// <param name="WsId">Its connection.</param>
/// <param name="Hash">Its hash, if it is a node; left out otherwise.</param>
/// <param name="Queue">See <see cref="QueueView"/>.</param>
/// <param name="More">The same.</param>
/// <param name="Information">What it has said of itself.</param>
public sealed record Logged(
    [property: JsonPropertyName("id")] int? Id,
    [property: JsonPropertyName("ws_id")] string WsId,
    [property: JsonPropertyName("hash"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hash,
    [property: JsonPropertyName("queue")] IEnumerable<QueueRowView> Queue,
    [property: JsonPropertyName("more"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? More,
    [property: JsonPropertyName("information")] RawJson Information);
