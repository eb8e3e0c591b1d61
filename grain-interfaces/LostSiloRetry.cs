using System.Reflection;
using Orleans.Runtime;

namespace Gatehouse.GrainInterfaces;

/// <summary>
/// Repeats a call that broke off because the silo that had it stops or is dead: the next try finds the grain on another one.
/// Every process that calls grains has it, silos and gateways alike. Not for calls that are <see cref="AtMostOnceAttribute"/>.
/// </summary>
public sealed class LostSiloRetry : IOutgoingGrainCallFilter
{
    /// <summary>Until another silo has the grain: a silo that stops hands it on within a second, a dead one within a few.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4),
    ];

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (SiloUnavailableException) when (tries < Pauses.Length && IsRepeatable(context.InterfaceMethod))
            {
            }
            await Task.Delay(Pauses[tries]);
        }
    }

    // An observer is gone with its process: nobody else has it.
    private static bool IsRepeatable(MethodInfo? method) =>
        method?.DeclaringType is { } contract && contract.Assembly == typeof(LostSiloRetry).Assembly
        && !contract.IsAssignableTo(typeof(IGrainObserver)) && !method.IsDefined(typeof(AtMostOnceAttribute));
}
