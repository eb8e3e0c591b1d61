using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Connections;

/// <summary>Which gateway process this is: a new one at every start.</summary>
public sealed class GatewayIdentity
{
    /// <summary>The id under which grains know this process.</summary>
    public string Id { get; } = RandomId.New();
}
