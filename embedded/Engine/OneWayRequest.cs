using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>A call for whose end nobody waits.</summary>
internal sealed class OneWayRequest(GrainMethod method, object?[] arguments, Reference target)
    : Request(method, arguments, target)
{
    public override bool ExpectsAnswer => false;

    public override bool IsAbandoned => false;

    protected override void SetOutcome(Task outcome)
    {
        // That an observer has gone is no news to those who only push to it.
        if (outcome.Exception?.InnerException is { } exception and not ClientNotAvailableException)
        {
            Target.Logger.OneWayCallFailed(exception, this);
        }
    }
}
