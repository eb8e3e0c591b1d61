using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>A mailbox in which something waits, as operators see it.</summary>
/// <param name="ClientId">Whose it is.</param>
/// <param name="Kind">Client or node.</param>
/// <param name="Rows">How many messages wait.</param>
/// <param name="Size">How many bytes their contents have.</param>
/// <param name="OldestId">The number of the oldest.</param>
/// <param name="OldestAt">When that came.</param>
/// <param name="IsOnline">Whether its owner is online.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.MailboxSummary")]
public sealed record MailboxSummary(
    [property: Id(0)] int ClientId,
    [property: Id(1)] ClientKind Kind,
    [property: Id(2)] long Rows,
    [property: Id(3)] long Size,
    [property: Id(4)] long OldestId,
    [property: Id(5)] DateTimeOffset OldestAt,
    [property: Id(6)] bool IsOnline);

/// <summary>Some of the mailboxes.</summary>
/// <param name="Mailboxes">In the order of their owners' ids.</param>
/// <param name="HasMore">Whether there are more after these.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.MailboxPage")]
public sealed record MailboxPage([property: Id(0)] ImmutableArray<MailboxSummary> Mailboxes, [property: Id(1)] bool HasMore);
