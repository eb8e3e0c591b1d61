using Orleans.Messaging;
using Orleans.Runtime.Membership;

namespace Gatehouse.Gateway.Cluster;

/// <summary>
/// Which silos there are, as the membership table says: the client of the cluster asks every now and then, and closes its connections to
/// those that are gone. Whoever wants to know hears that one is: this process need not have a connection to every silo, and one that vanished
/// without closing its connections is lost from the table only.
/// </summary>
internal sealed class SiloList(AdoNetGatewayListProvider table, IServiceProvider services) : IGatewayListProvider
{
    /// <summary>How soon a silo that has come or gone is known here.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(500);

    private IList<Uri> _known = [];

    /// <summary>How long a silo that could not be reached is not tried again.</summary>
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(5);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProvider() => table.InitializeGatewayListProvider();

    public async Task<IList<Uri>> GetGateways()
    {
        IList<Uri> active;
        try
        {
            active = await table.GetGateways();
        }
        catch (Exception) when (_known.Count > 0)
        {
            // The database is away, as its own monitor says; so far nobody is known to be lost.
            return _known;
        }
        var isLost = _known.Except(active).Any();
        _known = active;
        if (isLost) services.GetRequiredService<ClusterConnection>().SiloWasLost();
        return active;
    }
}
