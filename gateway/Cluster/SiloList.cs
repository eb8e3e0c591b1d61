using Orleans.Messaging;
using Orleans.Runtime.Membership;

namespace Gatehouse.Gateway.Cluster;

/// <summary>
/// Which silos there are, as the membership table says, and which of them can be reached: the client of the cluster asks every now and
/// then, and closes its connections to all others. Whoever wants to know hears that one is lost: this process need not have a connection to
/// every silo, and one that vanished without closing its connections is lost from the table only.
/// </summary>
internal sealed class SiloList(AdoNetGatewayListProvider table, SiloProbes probes, IServiceProvider services) : IGatewayListProvider
{
    /// <summary>How soon a silo that has come or gone is known here.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    private IList<Uri> _active = [], _known = [];

    /// <summary>How long a silo that could not be reached is not tried again.</summary>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(5);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => table.InitializeGatewayListProvider();

    public async Task<IList<Uri>> GetGateways()
    {
        try
        {
            _active = await table.GetGateways();
        }
        catch (Exception) when (_active.Count > 0)
        {
            // The database is away, as its own monitor says; so far nobody is known to be lost.
        }
        var reachable = probes.Reachable(_active);
        var isLost = _known.Except(reachable).Any();
        _known = reachable;
        if (isLost) services.GetRequiredService<ClusterConnection>().SiloWasLost();
        return reachable;
    }
}
