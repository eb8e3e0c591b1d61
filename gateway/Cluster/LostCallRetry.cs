using System.Reflection;
using Gatehouse.GrainInterfaces;
using Orleans.Runtime;

namespace Gatehouse.Gateway.Cluster;

/// <summary>
/// Notices that a call's answer will not come: a silo was lost, and with it perhaps the call. Orleans tells a client nothing of that
/// before the call's time-out of 30 s. What can be repeated is, beside the first, and the answer that comes first counts; anything
/// else fails.
/// </summary>
internal sealed class LostCallRetry(ClusterConnection cluster, TimeProvider time) : IOutgoingGrainCallFilter
{
    /// <summary>A call that is answered at all is answered sooner, but for those that wait for a password to be hashed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (!LostSiloRetry.IsOurs(context.InterfaceMethod))
        {
            await context.Invoke();
            return;
        }
        var loss = cluster.Loss;
        var began = time.GetTimestamp();
        var first = context.Invoke();
        try
        {
            await first.WaitAsync(loss);
        }
        catch (OperationCanceledException) when (loss.IsCancellationRequested && !first.IsCompleted)
        {
            var rest = Patience - time.GetElapsedTime(began);
            if (rest > TimeSpan.Zero) await Task.WhenAny(first, Task.Delay(rest, time));
            if (first.IsCompleted) await first;
            else await Repeat(context, first);
        }
    }

    private static async Task Repeat(IOutgoingGrainCallContext context, Task first)
    {
        if (!LostSiloRetry.IsRepeatable(context.InterfaceMethod)) throw new SiloUnavailableException("A silo was lost, and the call perhaps with it.");
        // The context allows no second call while the first is under way.
        var arguments = Enumerable.Range(0, context.Request.GetArgumentCount()).Select(context.Request.GetArgument).ToArray();
        RepeatedCall.Mark();
        var second = (Task)context.InterfaceMethod.Invoke(context.Grain, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
        if (await Task.WhenAny(first, second) == first && first.IsCompletedSuccessfully) return;
        await second;
        context.Result = context.InterfaceMethod.ReturnType.GetProperty(nameof(Task<>.Result))?.GetValue(second);
    }
}
