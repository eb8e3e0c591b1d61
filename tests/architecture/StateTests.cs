using System.Reflection;
using System.Text.Json;
using Gatehouse.Architecture.Tests.Support;
using Orleans.Concurrency;

namespace Gatehouse.Architecture.Tests;

/// <summary>What grains keep, and that what they store, as JSON with these options, can be read back.</summary>
public sealed class StateTests
{
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
            var sample = Samples.Of(type);
            var json = JsonSerializer.Serialize(sample, type, Samples.Stored);
            using var written = JsonDocument.Parse(json);
            Assert.All(Contracts.Members(type), member => Assert.True(
                written.RootElement.TryGetProperty(member.Name, out _), $"{type}.{member.Name} is not stored"));
            var read = JsonSerializer.Deserialize(json, type, Samples.Stored);
            Assert.All(Contracts.Members(type), member => Assert.Equivalent(member.GetValue(sample), member.GetValue(read), strict: true));
            Assert.Equal(json, JsonSerializer.Serialize(read, type, Samples.Stored));
        });

    [Fact]
    public void AStateIsReadFromAnEmptyObjectAndPastWhatItDoesNotKnow() => Assert.All(Contracts.States, state =>
    {
        var empty = JsonSerializer.Serialize(Activator.CreateInstance(state.Type), state.Type, Samples.Stored);
        foreach (var json in new[] { "{}", """{"NoSuchField":{"a":[1]}}""" })
        {
            var read = JsonSerializer.Deserialize(json, state.Type, Samples.Stored);
            Assert.Equal(empty, JsonSerializer.Serialize(read, state.Type, Samples.Stored));
        }
    });

    [Fact]
    public void EnumsAreStoredByName() => Assert.All(
        Contracts.StatesAndParts.SelectMany(Contracts.Members).Select(member => member.PropertyType).Where(type => type.IsEnum),
        type => Assert.StartsWith("\"", JsonSerializer.Serialize(Enum.ToObject(type, 1), type, Samples.Stored)));
}
