using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans;

/// <summary>What can be asked of a grain or of a reference to one.</summary>
public static class GrainExtensions
{
    /// <summary>The key of the grain, or of the grain that a reference names.</summary>
    /// <exception cref="ArgumentException">It is neither a grain of this engine nor a reference to one.</exception>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key;

    /// <summary>The identity of the grain, or of the grain that a reference names.</summary>
    /// <exception cref="ArgumentException">It is neither a grain of this engine nor a reference to one.</exception>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.Id,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        _ => throw NotAGrain(grain),
    };

    /// <summary>A reference to this grain, to pass to others; a grain never passes <c>this</c>.</summary>
    /// <exception cref="ArgumentException">The grain does not implement the interface.</exception>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.Factory.Reference<TGrainInterface>(reference.Id),
        IGrainBase { GrainContext: Activation activation } =>
            activation.Engine.References.Reference<TGrainInterface>(activation.GrainId),
        _ => throw NotAGrain(grain),
    };

    private static ArgumentException NotAGrain(IAddressable grain) =>
        new($"{grain?.GetType().ToString() ?? "null"} is not a grain of this engine.", nameof(grain));
}
