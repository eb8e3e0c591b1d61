namespace Gatehouse.Grains.Clients;

/// <summary>The hash by which a node's description is found elsewhere. What it means is not looked at.</summary>
internal static class NodeHash
{
    private const int MaxLength = 256;

    public static bool IsAcceptable(string? hash) => hash is { Length: > 0 and <= MaxLength } && !hash.Any(char.IsControl);
}
