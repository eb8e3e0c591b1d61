using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>A reference to a grain.</summary>
[SuppressMessage("Performance", "CA1852", Justification = "The generated proxies derive from it.")]
internal class GrainReference : Reference
{
    private GrainClass _class = null!;

    public GrainFactory Factory { get; private set; } = null!;

    public GrainId Id { get; private set; }

    public override ILogger Logger => Factory.Engine.Logger;

    /// <summary>The grain's activation now, if it has one.</summary>
    public Activation? Current => Factory.Engine.Find(Id);

    /// <summary>Another reference of the same interface. Copying is many times faster than making a proxy.</summary>
    public GrainReference To(GrainClass grainClass, string key, GrainFactory factory)
    {
        var copy = (GrainReference)MemberwiseClone();
        copy._class = grainClass;
        copy.Factory = factory;
        copy.Id = GrainId.Create(grainClass.Name, key);
        return copy;
    }

    public override void Send(Request request) => Factory.Engine.Send(_class, Id, request);

    public override bool Equals(object? obj) => obj is GrainReference other && Id == other.Id && Shape == other.Shape;

    public override int GetHashCode() => Id.GetHashCode();

    public override string ToString() => Id.ToString();
}
