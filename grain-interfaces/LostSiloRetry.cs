using System.Reflection;
using Gatehouse.GrainInterfaces.Cluster;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace Gatehouse.GrainInterfaces;

/// <summary>
/// Repeats a call that broke off because the silo that had it stops or is dead: the next try finds the grain on another one.
/// Every process that calls grains has it, silos and gateways alike. A call that is <see cref="AtMostOnceAttribute"/> is repeated only
/// when it is known to have reached nobody.
/// </summary>
public sealed class LostSiloRetry : IOutgoingGrainCallFilter
{
    /// <summary>Until another silo has the grain: a silo that stops hands it on within a second, a dead one within a few.</summary>
    private static readonly TimeSpan[] Pauses =
    [
        .. new[] { 20, 100, 300, 500, 500, 500, 500, 500, 500, 500, 1000, 1000, 1000, 1000 }
            .Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)),
    ];

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        // Whoever is told something makes calls of its own, which are no part of this one.
        if (CallFence.OfCall is not null || RepeatedCall.IsBeingHandled) ForgetBefore(context.InterfaceMethod);
        for (var tries = 0; ; tries++)
        {
            try
            {
                await context.Invoke();
                return;
            }
            catch (OrleansException failure) when (tries < Pauses.Length && IsRepeatable(context.InterfaceMethod, failure))
            {
            }
            await Task.Delay(Pauses[tries]);
            RepeatedCall.Mark();
        }
    }

    /// <summary>Whether a call is one to our grains, and matters.</summary>
    public static bool IsOurs(MethodInfo? method) => method?.DeclaringType is { } contract
        && contract.Assembly == typeof(LostSiloRetry).Assembly
        // An observer is gone with its process: nobody else has it.
        && !IsOfObserver(contract)
        // Asked again a second later in any case, and what is lost of it is what it is asked for.
        && contract != typeof(ISiloProbeGrain);

    /// <summary>Whether a call can be repeated though it may have been done.</summary>
    public static bool IsRepeatable(MethodInfo? method) => IsOurs(method) && !method!.IsDefined(typeof(AtMostOnceAttribute));

    private static bool IsOfObserver(Type contract) => contract.IsAssignableTo(typeof(IGrainObserver));

    private static void ForgetBefore(MethodInfo? method)
    {
        if (method?.DeclaringType is not { } contract || !IsOfObserver(contract)) return;
        CallFence.Forget();
        RepeatedCall.Forget();
    }

    private static bool IsRepeatable(MethodInfo? method, OrleansException failure) => failure switch
    {
        // It came to a silo that places nothing any more.
        SiloUnavailableException when failure.Message.EndsWith("is shutting down.", StringComparison.Ordinal) => IsOurs(method),
        // It was sent to a silo that has gone since.
        SiloUnavailableException => IsRepeatable(method),
        // It was sent to nobody, or sent back.
        OrleansMessageRejectionException or ConnectionFailedException => IsOurs(method),
        // It came and was not done.
        CallOvertakenException => IsOurs(method),
        // There is no silo at the moment. Anything else of this kind, as of a grain that cannot be read, would fail again.
        _ => failure.Message.StartsWith("No active nodes", StringComparison.Ordinal) && IsRepeatable(method),
    };
}
