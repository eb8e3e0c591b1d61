using Gatehouse.Embedded.Tests.Grains;
using Gatehouse.Embedded.Tests.Support;

namespace Gatehouse.Embedded.Tests;

public sealed class ReferenceTests
{
    [Fact]
    public async Task ReferencesToOneGrainAreEqualAndNameIt()
    {
        await using var engine = await Engine.Start();
        var (one, again, other) = (engine.Worker("a"), engine.Worker("a"), engine.Worker("b"));
        Assert.Equal(one, again);
        Assert.Equal(one.GetHashCode(), again.GetHashCode());
        Assert.NotEqual(one, other);
        Assert.Equal("worker/a", one.ToString());
        Assert.Equal("a", one.GetPrimaryKeyString());
        Assert.Equal(GrainId.Create("worker", "a"), one.GetGrainId());
    }

    [Fact]
    public async Task AGrainCanPassAReferenceToItself()
    {
        await using var engine = await Engine.Start();
        var self = await engine.Worker("a").Self().InTime();
        Assert.Equal(engine.Worker("a"), self);
        await self.Nothing();
        Assert.Equal(1, engine.Life.Activations);
    }

    [Fact]
    public async Task GettingAReferenceActivatesNothing()
    {
        await using var engine = await Engine.Start();
        _ = engine.Worker();
        Assert.Equal(0, engine.Life.Activations);
    }

    [Fact]
    public async Task AnInterfaceWithoutAClassIsAnError()
    {
        await using var engine = await Engine.Start();
        var thrown = Assert.Throws<ArgumentException>(() => engine.Grains.GetGrain<IOrphanGrain>("a"));
        Assert.Contains(nameof(IOrphanGrain), thrown.Message);
    }

    [Fact]
    public async Task AnInterfaceWithTwoClassesIsAnErrorThatNamesBothUnlessAPrefixChooses()
    {
        await using var engine = await Engine.Start();
        var thrown = Assert.Throws<ArgumentException>(() => engine.Grains.GetGrain<ITwinGrain>("a"));
        Assert.Contains(nameof(LeftTwinGrain), thrown.Message);
        Assert.Contains(nameof(RightTwinGrain), thrown.Message);
        var right = engine.Grains.GetGrain<ITwinGrain>("a", typeof(RightTwinGrain).FullName);
        Assert.Equal("right", await right.Name().InTime());
    }

    [Fact]
    public async Task AMethodThatCannotBeAsynchronousIsRefused()
    {
        await using var engine = await Engine.Start();
        var thrown = Assert.Throws<NotSupportedException>(() => engine.Grains.GetGrain<IUnsupportedGrain>("a"));
        Assert.Contains(nameof(IUnsupportedGrain.Now), thrown.Message);
    }
}
