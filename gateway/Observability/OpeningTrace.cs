using System.Diagnostics;

namespace Gatehouse.Gateway.Observability;

/// <summary>The request by which a connection began, as the spans of its events know it; nothing when nobody wants to know.</summary>
/// <param name="Request">The request's span.</param>
/// <param name="IsClients">Whether the client said of which trace the request is, by <c>traceparent</c>; its events are of that one too.</param>
public readonly record struct OpeningTrace(ActivityContext Request, bool IsClients)
{
    /// <summary>The request that is being served.</summary>
    public static OpeningTrace Of(Activity? request) =>
        request is not null && GatewayTraces.AreWanted ? new(request.Context, request.HasRemoteParent) : default;
}
