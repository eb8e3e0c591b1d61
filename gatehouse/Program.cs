using Gatehouse.Gateway;
using Gatehouse.Hosting;
using Gatehouse.Silo;

// All in one: a silo and a gateway in one process. Calls to grains stay in it; a second process on the same database joins it.
return await ServiceHost.Run(
    args,
    builder =>
    {
        builder.AddSilo();
        builder.AddGateway();
    },
    app => app.MapGateway());
