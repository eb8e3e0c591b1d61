using Microsoft.AspNetCore.Http.Features;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>
/// Refuses WebSockets that pages of other sites open, whichever transport they are for: a browser asks nobody beforehand, as it
/// does for other requests across origins.
/// </summary>
public static class UpgradeOrigins
{
    public static void UseUpgradeOrigins(this IApplicationBuilder app)
    {
        var origins = app.ApplicationServices.GetRequiredService<OriginPolicy>();
        app.Use((context, next) =>
        {
            if (!IsUpgrade(context) || origins.Allows(context.Request)) return next();
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
    }

    /// <summary>Whether a request wants to become a WebSocket.</summary>
    internal static bool IsUpgrade(HttpContext context) => context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
        || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true;
}
