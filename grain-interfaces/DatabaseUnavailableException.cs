namespace Gatehouse.GrainInterfaces;

/// <summary>PostgreSQL cannot be reached at the moment. Nothing was changed; the same request may succeed later.</summary>
/// <remarks>It is here and not with the grains because Orleans cannot read an exception whose assembly a process has not.</remarks>
[GenerateSerializer, Alias("Gatehouse.DatabaseUnavailableException")]
public sealed class DatabaseUnavailableException : Exception
{
    /// <inheritdoc cref="DatabaseUnavailableException"/>
    public DatabaseUnavailableException() : base("The database is not available.") { }
}
