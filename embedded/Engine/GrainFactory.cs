using System.Collections.Concurrent;
using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>Makes references, and knows which class implements which interface.</summary>
internal sealed class GrainFactory : IGrainFactory
{
    private readonly GrainClass[] _classes;
    private readonly ConcurrentDictionary<(Type, string?), (InterfaceShape, GrainClass)> _grains = new();
    private readonly ConcurrentDictionary<Type, InterfaceShape> _shapes = new();

    public GrainFactory(GrainEngine engine, IEnumerable<GrainAssembly> assemblies)
    {
        Engine = engine;
        _classes = [.. assemblies.Select(assembly => assembly.Assembly).Distinct()
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false }
                && type.IsAssignableTo(typeof(IGrain)) && type.IsAssignableTo(typeof(IGrainBase)))
            .Select(type => new GrainClass(type))];
        if (_classes.GroupBy(grainClass => grainClass.Name).FirstOrDefault(group => group.Count() > 1) is { } namesakes)
        {
            throw new InvalidOperationException($"Grain classes of one name, \"{namesakes.Key}\": {List(namesakes)}.");
        }
    }

    public GrainEngine Engine { get; }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        var (shape, grainClass) = _grains.GetOrAdd((typeof(TGrainInterface), grainClassNamePrefix), Resolve);
        return (TGrainInterface)(object)((GrainReference)shape.Prototype).To(grainClass, primaryKey, this);
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is not TGrainObserverInterface)
        {
            throw new ArgumentException(
                $"{obj.GetType()} does not implement {typeof(TGrainObserverInterface)}.", nameof(obj));
        }

        var prototype = (ObserverReference)ShapeOf(typeof(TGrainObserverInterface)).Prototype;
        return (TGrainObserverInterface)(object)prototype.To(obj, Engine);
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is not ObserverReference reference)
        {
            throw new ArgumentException(
                $"{obj.GetType()} is not a reference made by {nameof(CreateObjectReference)}.", nameof(obj));
        }

        reference.Delete();
    }

    /// <summary>The same grain through another of its interfaces.</summary>
    /// <exception cref="ArgumentException">The grain's class does not implement it.</exception>
    public TGrainInterface Reference<TGrainInterface>(GrainId id)
    {
        var grainClass = _classes.Single(candidate => candidate.Name == id.Type);
        var (shape, _) = _grains.GetOrAdd((typeof(TGrainInterface), grainClass.Type.FullName), Resolve);
        return (TGrainInterface)(object)((GrainReference)shape.Prototype).To(grainClass, id.Key, this);
    }

    private static string List(IEnumerable<GrainClass> classes) =>
        string.Join(", ", classes.Select(grainClass => grainClass.Type));

    private InterfaceShape ShapeOf(Type type) => _shapes.GetOrAdd(type, static type => new InterfaceShape(type));

    private (InterfaceShape Shape, GrainClass Class) Resolve((Type Interface, string? Prefix) wanted)
    {
        var classes = _classes.Where(grainClass => grainClass.Type.IsAssignableTo(wanted.Interface)
            && grainClass.Type.FullName!.StartsWith(wanted.Prefix ?? "", StringComparison.Ordinal)).ToList();
        return classes.Count switch
        {
            1 => (ShapeOf(wanted.Interface), classes[0]),
            0 => throw new ArgumentException($"No grain class implements {wanted.Interface}."),
            _ => throw new ArgumentException($"Several grain classes implement {wanted.Interface}: {List(classes)}."),
        };
    }
}
