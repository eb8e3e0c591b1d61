using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Architecture.Tests.Support;
using Orleans.Concurrency;

namespace Gatehouse.Architecture.Tests;

/// <summary>What grains keep, and that what they store, as JSON with these options, can be read back.</summary>
public sealed class StateTests
{
    private static readonly JsonSerializerOptions Stored = new()
    {
        IncludeFields = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    [Fact]
    public void NoTwoGrainsShareAStateName()
    {
        Assert.NotEmpty(Contracts.States);
        Assert.Distinct(Contracts.States.Select(state => state.Name));
    }

    [Fact]
    public void DirectoriesKeepNothingSoEveryProcessHasItsOwn() => Assert.All(
        Contracts.GrainClasses.Where(grain => grain.Name.EndsWith("DirectoryGrain", StringComparison.Ordinal)),
        grain =>
        {
            Assert.True(grain.IsDefined(typeof(StatelessWorkerAttribute)), $"{grain} is no stateless worker");
            // What it has is what it is made with.
            Assert.Empty(grain.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
                .Select(field => field.FieldType)
                .Except(grain.GetConstructors().Single().GetParameters().Select(parameter => parameter.ParameterType)));
        });

    [Fact]
    public void EveryStateAndMessageSurvivesTheWayThroughStorage() => Assert.All(
        Contracts.States.Select(state => state.Type).Union(Contracts.Messages),
        type =>
        {
            var sample = Sample(type);
            var json = JsonSerializer.Serialize(sample, type, Stored);
            using var written = JsonDocument.Parse(json);
            Assert.All(Contracts.Members(type), member => Assert.True(
                written.RootElement.TryGetProperty(member.Name, out _), $"{type}.{member.Name} is not stored"));
            var read = JsonSerializer.Deserialize(json, type, Stored);
            Assert.All(Contracts.Members(type), member => Assert.Equivalent(member.GetValue(sample), member.GetValue(read), strict: true));
            Assert.Equal(json, JsonSerializer.Serialize(read, type, Stored));
        });

    [Fact]
    public void AStateIsReadFromAnEmptyObjectAndPastWhatItDoesNotKnow() => Assert.All(Contracts.States, state =>
    {
        var empty = JsonSerializer.Serialize(Activator.CreateInstance(state.Type), state.Type, Stored);
        foreach (var json in new[] { "{}", """{"NoSuchField":{"a":[1]}}""" })
        {
            var read = JsonSerializer.Deserialize(json, state.Type, Stored);
            Assert.Equal(empty, JsonSerializer.Serialize(read, state.Type, Stored));
        }
    });

    [Fact]
    public void EnumsAreStoredByName() => Assert.All(
        Contracts.StatesAndParts.SelectMany(Contracts.Members).Select(member => member.PropertyType).Where(type => type.IsEnum),
        type => Assert.StartsWith("\"", JsonSerializer.Serialize(Enum.ToObject(type, 1), type, Stored)));

    /// <summary>A value of a type in which nothing is left at its default.</summary>
    private static object Sample(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Sample(underlying);
        if (type == typeof(string)) return "täxt \"1\"";
        if (type == typeof(Guid)) return new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        if (type == typeof(TimeSpan)) return new TimeSpan(1, 2, 3, 4, 567);
        if (type == typeof(bool)) return true;
        if (type.IsEnum) return Enum.GetValues(type).GetValue(1)!;
        if (type.IsPrimitive) return Convert.ChangeType(42, type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            return type.GetMethod(nameof(ImmutableArray<>.Add))!.Invoke(
                type.GetField(nameof(ImmutableArray<>.Empty))!.GetValue(null), [Sample(type.GetGenericArguments()[0])])!;
        }
        if (type.IsAssignableTo(typeof(IList)))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            list.Add(Sample(type.GetGenericArguments()[0]));
            return list;
        }
        if (type.IsAssignableTo(typeof(IDictionary)))
        {
            var dictionary = (IDictionary)Activator.CreateInstance(type)!;
            dictionary.Add(Sample(type.GetGenericArguments()[0]), Sample(type.GetGenericArguments()[1]));
            return dictionary;
        }
        var constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        var value = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Sample(parameter.ParameterType))]);
        foreach (var member in Contracts.Members(type).Where(member => member.SetMethod is { IsPublic: true }))
        {
            member.SetValue(value, Sample(member.PropertyType));
        }
        return value;
    }
}
