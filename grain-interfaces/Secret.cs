namespace Gatehouse.GrainInterfaces;

/// <summary>A text that must never reach a log, such as a password: it prints as asterisks.</summary>
/// <param name="Value">The secret itself.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.Secret")]
public readonly record struct Secret([property: Id(0)] string Value)
{
    /// <summary>Asterisks, whatever the value.</summary>
    public override string ToString() => "***";
}
