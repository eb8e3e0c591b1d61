using System.Reflection;
using System.Runtime.CompilerServices;
using Gatehouse.Architecture.Tests.Support;
using Orleans;

namespace Gatehouse.Architecture.Tests;

/// <summary>
/// What crosses a grain call. Within a process Orleans hands over the object itself, so nobody may be able to change it; it
/// writes it down, so every part has a number and every type a name that outlives a renaming.
/// </summary>
public sealed class MessageTests
{
    [Fact]
    public void ThereAreMessages()
    {
        Assert.True(Contracts.Interfaces.Count >= 6);
        Assert.True(Contracts.Messages.Count >= 10);
    }

    [Fact]
    public void NothingThatCrossesAGrainCallCanBeChanged()
    {
        Assert.All(Contracts.Messages, type =>
        {
            Assert.StartsWith("Gatehouse.", type.Namespace);
            Assert.True(type.IsValueType ? type.IsDefined(typeof(IsReadOnlyAttribute)) : type.IsSealed, $"{type} is not sealed");
            Assert.DoesNotContain(type.GetFields(BindingFlags.Public | BindingFlags.Instance), field => !field.IsInitOnly);
            Assert.All(Contracts.Members(type), member =>
            {
                Assert.True(IsFixed(member), $"{type}.{member.Name} can be set");
                Assert.False(IsMutable(member.PropertyType), $"{type}.{member.Name} can be changed");
            });
        });
        Assert.All(
            Contracts.Interfaces.SelectMany(type => type.GetMethods()),
            method => Assert.DoesNotContain(
                method.GetParameters().Select(parameter => parameter.ParameterType).Concat(method.ReturnType.GetGenericArguments()),
                IsMutable));
    }

    [Fact]
    public void EveryMessageAndStateHasANameAndANumberForEachMember() => Assert.All(
        Contracts.Messages.Union(Contracts.StatesAndParts),
        type =>
        {
            Assert.True(type.IsDefined(typeof(GenerateSerializerAttribute)), $"{type} lacks [GenerateSerializer]");
            Assert.True(type.IsDefined(typeof(AliasAttribute)), $"{type} lacks [Alias]");
            var ids = Contracts.Members(type).Select(member => member.GetCustomAttribute<IdAttribute>()?.Id).ToList();
            Assert.DoesNotContain(null, ids);
            Assert.Distinct(ids);
        });

    [Fact]
    public void EveryMessageIsMarkedImmutable() => Assert.All(
        Contracts.Messages, type => Assert.True(type.IsDefined(typeof(ImmutableAttribute)), $"{type} lacks [Immutable]"));

    [Fact]
    public void EveryGrainInterfaceAndMethodHasAName() => Assert.All(Contracts.Interfaces, type =>
    {
        Assert.True(type.IsDefined(typeof(AliasAttribute)), $"{type} lacks [Alias]");
        var names = type.GetMethods().Select(method => method.GetCustomAttribute<AliasAttribute>()?.Alias).ToList();
        Assert.DoesNotContain(null, names);
        Assert.Distinct(names);
    });

    [Fact]
    public void NoTwoTypesShareAName() => Assert.Distinct(
        Contracts.Interfaces.Concat(Contracts.GrainClasses.SelectMany(grain => grain.Assembly.GetTypes()).Distinct())
            .Union(Contracts.Messages).Union(Contracts.StatesAndParts)
            .Select(type => type.GetCustomAttribute<AliasAttribute>()?.Alias).Where(alias => alias is not null));

    [Fact]
    public void EveryExceptionOfTheGrainsIsKnownToEveryProcessAndCanBeSent()
    {
        Assert.DoesNotContain(Contracts.GrainClasses[0].Assembly.GetTypes(), IsException);
        Assert.All(Contracts.Interfaces[0].Assembly.GetTypes().Where(IsException), type =>
        {
            Assert.True(type.IsDefined(typeof(GenerateSerializerAttribute)), $"{type} lacks [GenerateSerializer]");
            Assert.True(type.IsDefined(typeof(AliasAttribute)), $"{type} lacks [Alias]");
        });

        static bool IsException(Type type) => type.IsAssignableTo(typeof(Exception));
    }

    private static bool IsMutable(Type type) => type.IsArray || (type.IsGenericType
        && type.Namespace is "System.Collections" or "System.Collections.Generic" or "System.Collections.Concurrent");

    private static bool IsFixed(PropertyInfo member) => member.SetMethod is not { } setter
        || setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
}
