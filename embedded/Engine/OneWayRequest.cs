using Microsoft.Extensions.Logging;

namespace Orleans.Engine;

/// <summary>A call for whose end nobody waits.</summary>
internal sealed class OneWayRequest(GrainMethod method, object?[] arguments, Reference target)
    : Request(method, arguments, target)
{
    public override bool ExpectsAnswer => false;

    public override bool IsAbandoned => false;

    protected override void SetOutcome(Task outcome)
    {
        if (outcome.Exception?.InnerException is { } exception) Target.Logger.OneWayCallFailed(exception, this);
    }
}
