using Gatehouse.Gateway.Limits;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>
/// The place among its address's connections that a request takes: until the request is over, or until the connection is that goes on
/// without it.
/// </summary>
public sealed class ConnectionPlace(Admission admission) : IDisposable
{
    private readonly Admission _admission = admission;
    private bool _isKept;

    /// <summary>For a connection that goes on when the request that began it is over: what gives the place back.</summary>
    public static IDisposable? Keep(HttpContext context)
    {
        if (context.Features.Get<ConnectionPlace>() is not { } place) return null;
        place._isKept = true;
        return place._admission;
    }

    /// <summary>The request is over.</summary>
    public void Dispose()
    {
        if (!_isKept) _admission.Dispose();
    }
}
