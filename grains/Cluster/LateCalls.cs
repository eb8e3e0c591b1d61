using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Gatehouse.Grains.Cluster;

/// <summary>Refuses what a gateway has given up, once a later call of it has come, see <see cref="CallFence"/>.</summary>
public sealed partial class LateCalls(TimeProvider time, ILogger<LateCalls> logger) : IIncomingGrainCallFilter
{
    /// <summary>By gateway, those of which calls can still come too late.</summary>
    private ImmutableDictionary<GrainId, Fence> _fences = ImmutableDictionary<GrainId, Fence>.Empty;

    public Task Invoke(IIncomingGrainCallContext context)
    {
        var carried = CallFence.OfCall;
        if ((carried is null && _fences.IsEmpty) || !IsLate(context, carried)) return context.Invoke();
        LogLate(context.InterfaceName, context.MethodName);
        return Task.FromException(new CallOvertakenException());
    }

    private bool IsLate(IIncomingGrainCallContext context, (long Number, TimeSpan Left)? carried)
    {
        // What grains call meanwhile carries the same, but they are nobody's gateway.
        if (context.SourceId is not { } gateway || !gateway.IsClient() || !LostSiloRetry.IsOurs(context.InterfaceMethod)) return false;
        var (number, left) = carried ?? default;
        ImmutableInterlocked.Update(ref _fences, fences => Raised(fences, gateway, new Fence(number, time.GetTimestamp(), left)));
        return _fences.TryGetValue(gateway, out var fence) && fence.Number > number;
    }

    private ImmutableDictionary<GrainId, Fence> Raised(ImmutableDictionary<GrainId, Fence> fences, GrainId gateway, Fence fence)
    {
        fences = fences.RemoveRange(fences.Where(known => !IsUp(known.Value)).Select(known => known.Key));
        return IsUp(fence) && !(fences.TryGetValue(gateway, out var known) && known.Number >= fence.Number) ? fences.SetItem(gateway, fence) : fences;
    }

    private bool IsUp(Fence fence) => time.GetElapsedTime(fence.Raised) < fence.Left;

    [LoggerMessage(LogLevel.Debug, "{Contract}.{Method} came after a later call of its gateway, and was not done")]
    private partial void LogLate(string contract, string method);

    private readonly record struct Fence(long Number, long Raised, TimeSpan Left);
}
