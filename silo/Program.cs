using Gatehouse.Hosting;
using Gatehouse.Silo;

// A process that hosts grains. It has no doors but health and metrics.
return await ServiceHost.Run(args, builder => builder.AddSilo(), _ => { });
