namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>Something for a mailbox.</summary>
/// <param name="Sender">The id of whom it is from, whose token was checked.</param>
/// <param name="SenderKind">The sender's kind.</param>
/// <param name="Content">JSON.</param>
/// <param name="Answered">The row of the sender's own mailbox that this answers, and that goes with it; null for none.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.QueuePost")]
public sealed record QueuePost(
    [property: Id(0)] int Sender,
    [property: Id(1)] ClientKind SenderKind,
    [property: Id(2)] string Content,
    [property: Id(3)] long? Answered = null);
