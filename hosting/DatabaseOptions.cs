using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Hosting;

/// <summary>Settings <c>Gatehouse:Database</c>; the address itself is <c>ConnectionStrings:Postgres</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Most connections of one process's stores, unless the connection string says otherwise.</summary>
    [Range(2, 1000)]
    public int MaxPoolSize { get; set; } = 25;

    /// <summary>How long a start waits for a database that is away.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
