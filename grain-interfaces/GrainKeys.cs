using System.Globalization;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Cluster;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Logins;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.GrainInterfaces;

/// <summary>How each grain is addressed: the one place that spells grain keys.</summary>
/// <remarks>
/// Every key carries a prefix, because the ADO.NET grain storage folds keys that look like numbers together
/// ("a1d2ab29" and "A1D2AB29" would share a row).
/// </remarks>
public static class GrainKeys
{
    /// <summary>The session with this id, see <see cref="ISessionGrain"/>.</summary>
    public static ISessionGrain Session(this IGrainFactory grains, string sessionId) =>
        grains.GetGrain<ISessionGrain>("session/" + sessionId);

    /// <summary>The user with this id, see <see cref="IUserGrain"/>.</summary>
    public static IUserGrain User(this IGrainFactory grains, Guid userId) =>
        grains.GetGrain<IUserGrain>("user/" + userId.ToString("D"));

    /// <summary>The one directory of users, see <see cref="IUserDirectoryGrain"/>.</summary>
    public static IUserDirectoryGrain UserDirectory(this IGrainFactory grains) =>
        grains.GetGrain<IUserDirectoryGrain>("directory/users");

    /// <summary>The token with this id (the JWT's <c>jti</c>), see <see cref="ITokenGrain"/>.</summary>
    public static ITokenGrain Token(this IGrainFactory grains, string tokenId) =>
        grains.GetGrain<ITokenGrain>("token/" + tokenId);

    /// <summary>The room of this name, see <see cref="IRoomGrain"/>. Names that differ in anything are different rooms.</summary>
    public static IRoomGrain Room(this IGrainFactory grains, string name) => grains.GetGrain<IRoomGrain>("room/" + name);

    /// <summary>The gateway process with this id, see <see cref="IGatewayGrain"/>.</summary>
    public static IGatewayGrain Gateway(this IGrainFactory grains, string gatewayId) =>
        grains.GetGrain<IGatewayGrain>("gateway/" + gatewayId);

    /// <summary>The failed-login guard of one network address, see <see cref="IAddressGuardGrain"/>.</summary>
    public static IAddressGuardGrain AddressGuard(this IGrainFactory grains, string address) =>
        grains.GetGrain<IAddressGuardGrain>("address/" + address);

    /// <summary>The client or node with this id, see <see cref="IClientGrain"/>.</summary>
    public static IClientGrain Client(this IGrainFactory grains, int clientId) =>
        grains.GetGrain<IClientGrain>("client/" + clientId.ToString(CultureInfo.InvariantCulture));

    /// <summary>The one directory of clients and nodes, see <see cref="IClientDirectoryGrain"/>.</summary>
    public static IClientDirectoryGrain ClientDirectory(this IGrainFactory grains) =>
        grains.GetGrain<IClientDirectoryGrain>("directory/clients");

    /// <summary>Which rooms there are, see <see cref="IRoomDirectoryGrain"/>.</summary>
    public static IRoomDirectoryGrain RoomDirectory(this IGrainFactory grains) =>
        grains.GetGrain<IRoomDirectoryGrain>("directory/rooms");

    /// <summary>How the cluster is, see <see cref="IClusterGrain"/>.</summary>
    public static IClusterGrain Cluster(this IGrainFactory grains) => grains.GetGrain<IClusterGrain>("directory/cluster");

    /// <summary>Whichever silo the connection leads to that is taken for this number, see <see cref="ISiloProbeGrain"/>.</summary>
    public static ISiloProbeGrain SiloProbe(this IGrainFactory grains, int number) =>
        grains.GetGrain<ISiloProbeGrain>("probe/" + number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The audit log, see <see cref="IAuditGrain"/>.</summary>
    public static IAuditGrain Audit(this IGrainFactory grains) => grains.GetGrain<IAuditGrain>("directory/audit");

    /// <summary>The id behind a grain's key: the part after the prefix.</summary>
    public static string IdOf(string grainKey) => grainKey[(grainKey.IndexOf('/') + 1)..];
}
