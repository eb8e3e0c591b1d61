namespace Gatehouse.Grains.Storage;

/// <summary>PostgreSQL cannot be reached at the moment. Nothing was changed; the same request may succeed later.</summary>
public sealed class DatabaseUnavailableException : Exception
{
    public DatabaseUnavailableException() : base("The database is not available.") { }
}
