using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Console;
using Gatehouse.Gateway.Delivery;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Protocols;
using Gatehouse.Gateway.Tokens;
using Gatehouse.Gateway.Transports.Http;
using Gatehouse.Gateway.Transports.SignalR;
using Gatehouse.Gateway.Transports.SocketIo;
using Gatehouse.Gateway.Transports.WebSockets;
using Gatehouse.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway;

/// <summary>The doors. Whoever hosts them brings the grains: a silo in the same process, or a client of a cluster.</summary>
public static class GatewayHosting
{
    public static void AddGateway(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.AddTrustedProxies();
        builder.Services.AddTokens();
        builder.Services.AddDelivery();
        builder.Services.AddSettings<DrainOptions>("Gatehouse:Gateway");
        builder.Services.AddSingleton<OpenConnections>().AddSingleton<IDrained>(services => services.GetRequiredService<OpenConnections>());
        builder.Services.AddSettings<LimitOptions>("Gatehouse:Limits");
        builder.Services.AddSingleton<Limiter>();
        builder.Services.AddProtocols();
        builder.Services.AddSignalRTransport();
        builder.Services.AddSocketIoTransport();
        builder.Services.AddWebSocketTransport();
        builder.Services.AddHttpTransport();
        builder.Services.AddHealthChecks().AddReadiness<GatewayLease>("lease", lease => lease.IsHeld, "held", "lost");
    }

    public static void MapGateway(this WebApplication app)
    {
        app.CheckTokenKeys();
        app.UsePathBase(app.Services.GetRequiredService<IOptions<WebOptions>>().Value.PathBase);
        app.UseRouting();
        app.UseSecurityHeaders();
        app.UseLiveEventStreams();
        app.UseOperatorPath("/console");
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseCors();
        app.UseUpgradeOrigins();
        app.UseHandshakeLimit();
        app.UseConsoleGate();
        app.MapAddresses();
        app.MapConsole();
    }
}
