namespace Gatehouse.Hosting;

/// <summary>Why a process cannot start, in words for whoever can mend it.</summary>
public sealed class StartException(string reason, Exception cause) : Exception(reason, cause);
