using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Gatehouse.Silo;

public static partial class SiloHosting
{
    public static partial string Engine => "orleans";

    static partial void AddEngine(IHostApplicationBuilder builder, string connectionString)
    {
        var settings = builder.Configuration.GetSection("Gatehouse:Silo").Get<SiloOptions>() ?? new();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(
                settings.SiloPort > 0 ? settings.SiloPort : FreePort(),
                settings.GatewayPort > 0 ? settings.GatewayPort : FreePort(),
                serviceId: settings.ServiceId,
                clusterId: settings.ServiceId);
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.AddAdoNetGrainStorageAsDefault(storage =>
            {
                storage.Invariant = "Npgsql";
                storage.ConnectionString = connectionString;
                storage.DeleteStateOnClear = true;
            });
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
