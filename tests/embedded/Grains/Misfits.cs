namespace Gatehouse.Embedded.Tests.Grains;

public interface IOrphanGrain : IGrainWithStringKey;

public interface ITwinGrain : IGrainWithStringKey
{
    Task<string> Name();
}

public sealed class LeftTwinGrain : Grain, ITwinGrain
{
    public Task<string> Name() => Task.FromResult("left");
}

public sealed class RightTwinGrain : Grain, ITwinGrain
{
    public Task<string> Name() => Task.FromResult("right");
}

public interface IUnsupportedGrain : IGrainWithStringKey
{
    int Now();
}

public sealed class UnsupportedGrain : Grain, IUnsupportedGrain
{
    public int Now() => 0;
}
