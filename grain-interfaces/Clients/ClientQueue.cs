using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>Something for a mailbox.</summary>
/// <param name="Sender">The id of whom it is from, whose token was checked.</param>
/// <param name="SenderKind">The sender's kind.</param>
/// <param name="Content">JSON.</param>
/// <param name="Answered">The row of the sender's own mailbox that this answers, and that goes with it; null for none.</param>
/// <param name="Request">
/// What the sender calls this; one that has the same recipient, and was asked for within the hour before, is not added again. Null for none.
/// </param>
[GenerateSerializer, Immutable, Alias("Gatehouse.QueuePost")]
public sealed record QueuePost(
    [property: Id(0)] int Sender,
    [property: Id(1)] ClientKind SenderKind,
    [property: Id(2)] string Content,
    [property: Id(3)] long? Answered = null,
    [property: Id(4)] string? Request = null);

/// <summary>The answer to <see cref="IClientGrain.Enqueue"/>.</summary>
/// <param name="Refusal">Recipient, Content, Full or Row; otherwise None.</param>
/// <param name="QueueId">The row, which is stored, or was by an earlier attempt and may have been acknowledged since.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.QueueReply")]
public sealed record QueueReply([property: Id(0)] ClientRefusal Refusal, [property: Id(1)] long QueueId = 0);

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

/// <summary>The first page of a mailbox, or a part of it: as much as may be with the device without having been acknowledged.</summary>
/// <param name="Refusal">Token or Withheld; otherwise None.</param>
/// <param name="Rows">Oldest first.</param>
/// <param name="HasMore">Whether there are more pages.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.QueueState")]
public sealed record QueueState(
    [property: Id(0)] ClientRefusal Refusal,
    [property: Id(1)] ImmutableArray<QueueRow> Rows,
    [property: Id(2)] bool HasMore = false)
{
    /// <summary>
    /// Most bytes of a page, counting <see cref="RowOverhead"/> for what a row has beside its content. Under two names, as clients get it,
    /// it fits into the 4 MiB that may wait for a connection, of which a quarter may be taken by what was sent before.
    /// </summary>
    public const int PageSize = 1_310_720;

    /// <summary>See <see cref="PageSize"/>.</summary>
    public const int RowOverhead = 200;
}
