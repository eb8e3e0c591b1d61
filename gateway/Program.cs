using Gatehouse.Gateway;
using Gatehouse.Gateway.Delivery;
using Gatehouse.Gateway.Health;
using Gatehouse.Gateway.Observability;
using Gatehouse.Gateway.Protocols;
using Gatehouse.Gateway.Tokens;
using Gatehouse.Gateway.Transports.Http;
using Gatehouse.Gateway.Transports.SignalR;
using Gatehouse.Gateway.Transports.SocketIo;
using Gatehouse.Gateway.Transports.WebSockets;
using Gatehouse.Silo;
using Microsoft.Extensions.Options;

try
{
    var builder = WebApplication.CreateBuilder(args);

    builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
    builder.AddSilo();
    builder.Services.AddTokens();
    builder.Services.AddDelivery();
    builder.Services.AddProtocols();
    builder.Services.AddSignalRTransport();
    builder.Services.AddSocketIoTransport();
    builder.Services.AddWebSocketTransport();
    builder.Services.AddHttpTransport();
    builder.Services.AddMetricsExport(builder.Configuration);

    var app = builder.Build();

    app.CheckTokenKeys();
    app.UseSecurityHeaders();
    app.UseDefaultFiles();
    app.UseStaticFiles();
    app.UseCors();
    app.UseUpgradeOrigins();
    app.MapSignalRHubs();
    app.MapSocketIoTransport();
    app.MapWebSocketTransport();
    app.MapHttpTransport();
    app.MapHealth();
    app.MapMetrics();

    app.Run();
    return 0;
}
catch (OptionsValidationException invalid)
{
    // What is wrong with the settings is the operator's to read; where it was found is not.
    foreach (var failure in invalid.Failures) await Console.Error.WriteLineAsync($"configuration: {failure}");
    return 1;
}
