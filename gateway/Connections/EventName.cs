namespace Gatehouse.Gateway.Connections;

/// <summary>Names of events as clients send them, which may be anything.</summary>
public static class EventName
{
    private const int MaxEchoed = 256;

    /// <summary>An unknown name, to be sent back: at most 256 UTF-16 units of it.</summary>
    public static string Echo(string name) => name.Length <= MaxEchoed
        ? name
        : name[..(char.IsHighSurrogate(name[MaxEchoed - 1]) ? MaxEchoed - 1 : MaxEchoed)];
}
