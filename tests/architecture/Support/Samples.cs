using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Architecture.Tests.Support;

/// <summary>Values of messages and states: the same ones each time, so that what was written of them once can be compared.</summary>
internal static class Samples
{
    /// <summary>How grain storage spells a state.</summary>
    public static JsonSerializerOptions Stored { get; } = new()
    {
        IncludeFields = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>A value of a type in which nothing is left at its default.</summary>
    public static object Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Of(underlying);
        if (type == typeof(string)) return "täxt \"1\"";
        // What was text and is its UTF-8 now is the same in a message.
        if (type == typeof(ReadOnlyMemory<byte>)) return (ReadOnlyMemory<byte>)"täxt \"1\""u8.ToArray();
        if (type == typeof(Guid)) return new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        if (type == typeof(TimeSpan)) return new TimeSpan(1, 2, 3, 4, 567);
        if (type == typeof(bool)) return true;
        if (type.IsEnum) return Enum.GetValues(type).GetValue(1)!;
        if (type.IsPrimitive) return Convert.ChangeType(42, type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            return type.GetMethod(nameof(ImmutableArray<>.Add))!.Invoke(
                type.GetField(nameof(ImmutableArray<>.Empty))!.GetValue(null), [Of(type.GetGenericArguments()[0])])!;
        }
        if (type.IsAssignableTo(typeof(IList)))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            list.Add(Of(type.GetGenericArguments()[0]));
            return list;
        }
        if (type.IsAssignableTo(typeof(IDictionary)))
        {
            var dictionary = (IDictionary)Activator.CreateInstance(type)!;
            dictionary.Add(Of(type.GetGenericArguments()[0]), Of(type.GetGenericArguments()[1]));
            return dictionary;
        }
        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        var value = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType))]);
        foreach (var member in Contracts.Members(type).Where(member => member.SetMethod is { IsPublic: true }))
        {
            member.SetValue(value, Of(member.PropertyType));
        }
        return value;
    }
}
