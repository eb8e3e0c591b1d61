using System.Collections.Immutable;
using System.Reflection;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains;
using Orleans;
using Orleans.Runtime;

namespace Gatehouse.Architecture.Tests.Support;

/// <summary>The grains, what they are called by, and what they keep.</summary>
internal static class Contracts
{
    private static readonly Type[] Plain = [typeof(string), typeof(Guid), typeof(DateTimeOffset), typeof(TimeSpan), typeof(ReadOnlyMemory<byte>)];

    /// <summary>The interfaces of grains and observers.</summary>
    public static IReadOnlyList<Type> Interfaces { get; } =
        [.. typeof(GrainKeys).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)))];

    public static IReadOnlyList<Type> GrainClasses { get; } =
        [.. typeof(GrainServices).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(Grain)))];

    /// <summary>The states that grains keep, by state name.</summary>
    public static IReadOnlyList<(string Name, Type Type)> States { get; } =
    [
        .. from grain in GrainClasses
           from parameter in grain.GetConstructors().Single().GetParameters()
           let attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()
           where attribute is not null
           select (attribute.StateName, parameter.ParameterType.GetGenericArguments().Single()),
    ];

    /// <summary>Every type that crosses a grain call, at any depth, and is ours.</summary>
    public static IReadOnlyList<Type> Messages { get; } = Closure(Interfaces
        .SelectMany(type => type.GetMethods())
        .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)));

    public static IReadOnlyList<Type> StatesAndParts { get; } = Closure(States.Select(state => state.Type));

    public static bool IsPlain(Type type) => type.IsPrimitive || type.IsEnum || Plain.Contains(type);

    /// <summary>What a type is made of for the serializer.</summary>
    public static IEnumerable<PropertyInfo> Members(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);

    /// <summary>Whether Orleans makes it anew on the other side: nothing of it is in the message.</summary>
    private static bool IsOfTheCall(Type type) => type == typeof(Task) || type == typeof(CancellationToken);

    private static List<Type> Closure(IEnumerable<Type> roots)
    {
        var found = new List<Type>();
        foreach (var root in roots) Visit(root);
        return found;

        void Visit(Type type)
        {
            if (IsOfTheCall(type) || IsPlain(type) || Interfaces.Contains(type) || found.Contains(type)) return;
            if (type.IsGenericType && type.Namespace!.StartsWith("System", StringComparison.Ordinal))
            {
                if (!IsContainer(type)) found.Add(type);
                foreach (var argument in type.GetGenericArguments()) Visit(argument);
                return;
            }
            found.Add(type);
            foreach (var member in Members(type)) Visit(member.PropertyType);
        }
    }

    /// <summary>What may hold messages. A state may hold what can change as well: it never leaves its grain.</summary>
    private static bool IsContainer(Type type) => new[]
    {
        typeof(Task<>), typeof(Nullable<>), typeof(ImmutableArray<>), typeof(List<>), typeof(Dictionary<,>),
    }.Contains(type.GetGenericTypeDefinition());
}
