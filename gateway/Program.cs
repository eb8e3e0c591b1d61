using Gatehouse.Gateway;
using Gatehouse.Gateway.Cluster;
using Gatehouse.Hosting;

// A process with the doors; the grains are in the silos of its cluster.
return await ServiceHost.Run(
    args,
    builder =>
    {
        builder.AddClusterClient();
        builder.AddGateway();
    },
    app => app.MapGateway());
