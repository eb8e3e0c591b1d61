using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>A grain class, looked at once: its name, how to make one, and which states it wants.</summary>
internal sealed class GrainClass
{
    private readonly (PersistentStateAttribute Attribute, ConstructorInfo Constructor)[] _states;
    private readonly ObjectFactory _factory;

    public GrainClass(Type type)
    {
        Type = type;
        var hasSuffix = type.Name.EndsWith("Grain", StringComparison.Ordinal) && type.Name.Length > 5;
        Name = (hasSuffix ? type.Name[..^5] : type.Name).ToLowerInvariant();
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);

        var wanted = type.GetConstructors().Select(StatesOf).FirstOrDefault(states => states.Length > 0) ?? [];
        _states = [.. wanted.Select(state => (state.Attribute, ConstructorOf(state.Parameter)))];
        _factory = ActivatorUtilities.CreateFactory(type, [.. wanted.Select(state => state.Parameter.ParameterType)]);
    }

    public Type Type { get; }

    public string Name { get; }

    public bool IsReentrant { get; }

    /// <summary>Makes the grain object, and the states that are to be read before it is used.</summary>
    public (object Grain, PersistentState[] States) Create(Activation activation)
    {
        var services = activation.ActivationServices;
        var states = _states.Select(state => (PersistentState)state.Constructor.Invoke(
            [state.Attribute.StateName, activation, StorageOf(state.Attribute, services)])).ToArray();
        return (_factory(services, states), states);
    }

    private static (PersistentStateAttribute Attribute, ParameterInfo Parameter)[] StatesOf(
        ConstructorInfo constructor) =>
        [.. from parameter in constructor.GetParameters()
            let attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()
            where attribute is not null
            select (attribute, parameter)];

    private static ConstructorInfo ConstructorOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>)
            ? typeof(PersistentState<>).MakeGenericType(type.GetGenericArguments()).GetConstructors()[0]
            : throw new NotSupportedException(
                $"{parameter} of {parameter.Member.DeclaringType} has [PersistentState] but is no IPersistentState<T>.");
    }

    private static IGrainStorage StorageOf(PersistentStateAttribute attribute, IServiceProvider services) =>
        string.IsNullOrWhiteSpace(attribute.StorageName)
            ? services.GetRequiredService<IGrainStorage>()
            : services.GetRequiredKeyedService<IGrainStorage>(attribute.StorageName);
}
