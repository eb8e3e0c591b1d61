using System.Collections.Frozen;
using System.Reflection;

namespace Orleans.Engine;

/// <summary>
/// A grain or observer interface: its methods, and a reference to nothing from which the others are copied.
/// </summary>
internal sealed class InterfaceShape
{
    private readonly FrozenDictionary<MethodInfo, GrainMethod> _methods;

    /// <exception cref="NotSupportedException">
    /// The interface has a method or a property that the engine cannot carry.
    /// </exception>
    public InterfaceShape(Type type)
    {
        Type = type;
        _methods = new[] { type }.Concat(type.GetInterfaces())
            .SelectMany(declaring => declaring.GetMethods(BindingFlags.Instance | BindingFlags.Public))
            .ToFrozenDictionary(method => method, GrainMethod.Of);
        Prototype = (Reference)DispatchProxy.Create(
            type, type.IsAssignableTo(typeof(IGrainObserver)) ? typeof(ObserverReference) : typeof(GrainReference));
        Prototype.Shape = this;
    }

    public Type Type { get; }

    public Reference Prototype { get; }

    public GrainMethod this[MethodInfo method] => _methods[method];
}
