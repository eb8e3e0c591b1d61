using Microsoft.AspNetCore.Http.Features;

namespace SocketIo.ConformanceHost;

/// <summary>
/// Lets a moment pass between the response to a WebSocket handshake and the first frame. The suite of revision 3 begins to listen for
/// messages only when it has been told that the socket is open; a frame that arrives in the same packet as the response has gone by then,
/// whoever sent it.
/// </summary>
internal sealed class LateUpgrade(IHttpUpgradeFeature upgrade) : IHttpUpgradeFeature
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    public static void Install(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
            context.Features.Set<IHttpUpgradeFeature>(new LateUpgrade(upgrade));
    }

    public async Task<Stream> UpgradeAsync()
    {
        var stream = await upgrade.UpgradeAsync();
        using var timer = new PeriodicTimer(Moment);
        await timer.WaitForNextTickAsync();
        return stream;
    }
}
