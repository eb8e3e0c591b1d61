namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>One row of a mailbox.</summary>
/// <param name="QueueId">Rises from row to row of a mailbox.</param>
/// <param name="Sender">The id of whom it is from.</param>
/// <param name="Recipient">The id of whom it is for.</param>
/// <param name="Content">JSON, as it was sent.</param>
/// <param name="SenderWsId">A connection of the sender, if it is online.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.QueueRow")]
public sealed record QueueRow(
    [property: Id(0)] long QueueId,
    [property: Id(1)] int Sender,
    [property: Id(2)] int Recipient,
    [property: Id(3)] string Content,
    [property: Id(4)] string? SenderWsId);
