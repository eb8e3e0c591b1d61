namespace Gatehouse.GrainInterfaces.Operators;

/// <summary>Whoever wants something done at the console: what the audit log says of them.</summary>
/// <param name="Id">Their account.</param>
/// <param name="Name">Its name, as it is now.</param>
/// <param name="Address">The network address that they ask from.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Operator")]
public sealed record Operator([property: Id(0)] Guid Id, [property: Id(1)] string Name, [property: Id(2)] string Address);

/// <summary>What came of something that an operator wanted done. Whatever it is, the audit log has it.</summary>
public enum OperatorOutcome
{
    /// <summary>It was done, or was so already.</summary>
    Done,

    /// <summary>There is no such user, login, message or room.</summary>
    NotFound,

    /// <summary>It is nothing that can be done to this one, such as a ban to oneself.</summary>
    NotAllowed,
}
