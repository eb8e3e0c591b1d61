using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Operators;

/// <summary>Something that an operator wanted done, for the audit log.</summary>
/// <param name="By">Who wanted it.</param>
/// <param name="Action">What, such as <c>ban</c>.</param>
/// <param name="Subject">To whom: a kind and an id, such as <c>user/…</c> or <c>room/…</c>.</param>
/// <param name="Detail">How exactly: a reason, a duration. Never a secret.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.AuditAct")]
public sealed record AuditAct(
    [property: Id(0)] Operator By, [property: Id(1)] string Action, [property: Id(2)] string Subject, [property: Id(3)] string Detail = "")
{
    /// <summary>Something done to a user.</summary>
    public static AuditAct OnUser(Operator by, string action, Guid userId, string detail = "") => new(by, action, $"user/{userId:D}", detail);

    /// <summary>Something done to a room.</summary>
    public static AuditAct OnRoom(Operator by, string action, string room, string detail = "") => new(by, action, "room/" + room, detail);
}

/// <summary>An entry of the audit log.</summary>
/// <param name="Id">Its number: later entries have greater ones.</param>
/// <param name="At">When.</param>
/// <param name="Act">What, by whom, to whom.</param>
/// <param name="Name">The name of the subject then; empty where its id says it.</param>
/// <param name="Outcome">What came of it.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.AuditEntry")]
public sealed record AuditEntry(
    [property: Id(0)] long Id,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] AuditAct Act,
    [property: Id(3)] string Name,
    [property: Id(4)] OperatorOutcome Outcome);

/// <summary>Some of the audit log.</summary>
/// <param name="Entries">Newest first.</param>
/// <param name="HasMore">Whether there are older ones.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.AuditPage")]
public sealed record AuditPage([property: Id(0)] ImmutableArray<AuditEntry> Entries, [property: Id(1)] bool HasMore);
