namespace Gatehouse.Hosting;

/// <summary>Settings <c>Gatehouse:Log</c>.</summary>
public sealed class LogOptions
{
    /// <summary>How entries are written.</summary>
    public LogFormat Format { get; set; }
}

/// <summary>How entries of the log are written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs: one JSON object a line, with the ids of its trace and span.</summary>
    Json,
}
