using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Hosting;

/// <summary>
/// Bounds how long open connections can hold up a stop: after a grace they are cut. The web server waits for them and stops
/// first; without a bound, a request that comes byte by byte would use up the time in which the other parts stop in order.
/// </summary>
internal static class ClosingTime
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static void AddClosingTime(this WebApplicationBuilder builder) =>
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            var closing = kestrel.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            var closed = new CancellationTokenSource();
            closing.Register(() => closed.CancelAfter(Grace));
            endpoint.Use(next => async connection =>
            {
                using var cut = closed.Token.UnsafeRegister(static it => ((ConnectionContext)it!).Abort(), connection);
                await next(connection);
            });
        }));
}
