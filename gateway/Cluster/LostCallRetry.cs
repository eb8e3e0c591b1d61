using System.Reflection;
using Gatehouse.GrainInterfaces;
using Orleans.Runtime;

namespace Gatehouse.Gateway.Cluster;

/// <summary>
/// Notices that a call's answer will not come: a silo was lost, and with it perhaps the call. Orleans tells a client nothing of that
/// before the call's time-out of 30 s. What can be repeated is, beside the first, and the answer that comes first counts; anything
/// else fails. The first may come late all the same, if it was only its way that was cut: <see cref="CallFence"/>.
/// </summary>
internal sealed class LostCallRetry(ClusterConnection cluster, TimeProvider time) : IOutgoingGrainCallFilter
{
    /// <summary>A call that is answered at all is answered sooner, but for those that wait for a password to be hashed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    /// <summary>What is sent carries word of the last calls that were given up for longer than those can take, with their time on the way.</summary>
    private static readonly TimeSpan Telling = 2 * CallFence.Lifetime;

    private readonly Lock _gate = new();
    private volatile GivenUp? _givenUp;

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (!LostSiloRetry.IsOurs(context.InterfaceMethod))
        {
            await context.Invoke();
            return;
        }
        TellOfGivenUp();
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
            if (!first.IsCompleted)
            {
                NoteGivenUp(loss);
                await Repeat(context, first);
                return;
            }
            await first;
        }
    }

    private void TellOfGivenUp()
    {
        if (_givenUp is not { } last) return;
        var passed = time.GetElapsedTime(last.At);
        if (passed < Telling) CallFence.Set(last.Number, CallFence.Lifetime - passed);
    }

    private void NoteGivenUp(CancellationToken loss)
    {
        lock (_gate)
        {
            // All that one loss takes were sent before the first of them was given up.
            if (_givenUp?.Loss != loss) _givenUp = new GivenUp((_givenUp?.Number ?? 0) + 1, time.GetTimestamp(), loss);
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

    /// <summary>Calls that were given up, all because of one loss.</summary>
    /// <param name="Number">How many losses have led to that.</param>
    /// <param name="At">When the first was.</param>
    /// <param name="Loss">Which loss it was.</param>
    private sealed record GivenUp(long Number, long At, CancellationToken Loss);
}
