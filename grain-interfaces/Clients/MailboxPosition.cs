namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>How far a connection has come with its device's mailbox.</summary>
/// <param name="ClientId">Whose mailbox it is.</param>
/// <param name="Seen">The newest row that the connection was sent; 0 for none.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.MailboxPosition")]
public sealed record MailboxPosition([property: Id(0)] int ClientId, [property: Id(1)] long Seen);
