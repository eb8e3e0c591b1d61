using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Gatehouse.Architecture.Tests.Support;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Serialization;

namespace Gatehouse.Architecture.Tests;

/// <summary>
/// Two versions run side by side during an upgrade, and what a version has stored its successors read. <c>Written/</c> holds a sample of every
/// message, state and enumeration as each version that changed it has written it. Lines are added and never changed: a test that fails
/// says which one is missing.
/// </summary>
public sealed class VersionTests
{
    /// <summary>What ends an object in a message.</summary>
    private const byte End = 0xE0;

    /// <summary>Three members that a newer version has added, with the next but five numbers: a number, a text, an object.</summary>
    private static readonly byte[] Newer = [0x06, 0x55, 0x46, 0x07, (byte)'n', (byte)'e', (byte)'w', 0x26, End];

    private static readonly IReadOnlyList<Type> Types = [.. Contracts.Messages.Union(Contracts.StatesAndParts)];

    private readonly Serializer _serializer = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(GrainKeys).Assembly).AddAssembly(typeof(GrainServices).Assembly))
        .BuildServiceProvider().GetRequiredService<Serializer>();

    [Fact]
    public void EveryMessageIsReadAsEveryVersionHasWrittenIt() => Assert.All(Types, type =>
    {
        var versions = Written("messages.txt", AliasOf(type));
        var ids = string.Join(',', Contracts.Members(type).Select(IdOf).Order());
        Assert.True(
            versions.Any(version => version[0] == ids),
            $"Add to messages.txt: {AliasOf(type)} {ids} {Convert.ToBase64String(_serializer.SerializeToArray<object>(Samples.Of(type)))}");
        foreach (var version in versions)
        {
            var known = version[0].Split(',').Select(id => uint.Parse(id, CultureInfo.InvariantCulture)).ToHashSet();
            var bytes = Convert.FromBase64String(version[1]);
            AssertIsSample(_serializer.Deserialize<object>(bytes), known);
            Assert.Equal(End, bytes[^1]);
            byte[] newer = [.. bytes[..^1], .. Newer, End];
            AssertIsSample(_serializer.Deserialize<object>(newer), known);
        }

        void AssertIsSample(object? read, HashSet<uint> known)
        {
            Assert.IsType(type, read);
            var sample = Samples.Of(type);
            Assert.All(Contracts.Members(type).Where(member => known.Contains(IdOf(member))), member =>
            {
                // What is made of other messages may lack what they have gained since; they have lines of their own.
                if (IsPlain(member.PropertyType)) Assert.Equal(Comparable(member.GetValue(sample)), Comparable(member.GetValue(read)));
                else Assert.NotNull(member.GetValue(read));
            });
        }
    });

    [Fact]
    public void EveryStateIsReadAsEveryVersionHasStoredIt() => Assert.All(Contracts.States, state =>
    {
        var sample = JsonSerializer.Serialize(Samples.Of(state.Type), state.Type, Samples.Stored);
        var versions = Written("states.txt", state.Name);
        Assert.True(versions.Any(version => version[0] == sample), $"Add to states.txt: {state.Name} {sample}");
        foreach (var version in versions)
        {
            using var stored = JsonDocument.Parse(version[0]);
            using var again = JsonDocument.Parse(
                JsonSerializer.Serialize(JsonSerializer.Deserialize(version[0], state.Type, Samples.Stored), state.Type, Samples.Stored));
            Assert.All(stored.RootElement.EnumerateObject(), member => Assert.Equal(
                member.Value.GetRawText(), again.RootElement.GetProperty(member.Name).GetRawText()));
        }
    });

    [Fact]
    public void NoMemberOfAnEnumerationIsRenamedOrRenumbered() => Assert.All(
        Types.SelectMany(Contracts.Members).Select(member => Nullable.GetUnderlyingType(member.PropertyType) ?? member.PropertyType)
            .Concat(Contracts.Interfaces.SelectMany(type => type.GetMethods()).SelectMany(method =>
                method.GetParameters().Select(parameter => parameter.ParameterType).Concat(method.ReturnType.GetGenericArguments())))
            .Where(type => type.IsEnum).Distinct(),
        type =>
        {
            var members = Enum.GetNames(type).Select(name => $"{name}={Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}").ToList();
            var written = Written("enums.txt", type.Name).SelectMany(version => version).ToList();
            Assert.True(members.Order().SequenceEqual(written.Order()), $"Write into enums.txt: {type.Name} {string.Join(' ', members)}");
        });

    /// <summary>What was written under a name: of each line what follows it.</summary>
    private static List<string[]> Written(string file, string name) =>
    [
        .. Repository.Read("tests/architecture/Written/" + file).Split('\n').Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => file == "states.txt" ? [line[(name.Length + 1)..]] : line.Split(' ')[1..]),
    ];

    private static bool IsPlain(Type type) => Contracts.IsPlain(Nullable.GetUnderlyingType(type) ?? type);

    private static object? Comparable(object? value) => value is ReadOnlyMemory<byte> bytes ? Convert.ToBase64String(bytes.Span) : value;

    private static string AliasOf(Type type) => type.GetCustomAttribute<AliasAttribute>()!.Alias;

    private static uint IdOf(PropertyInfo member) => member.GetCustomAttribute<IdAttribute>()!.Id;
}
