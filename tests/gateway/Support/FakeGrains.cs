using System.Reflection;
using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>A grain factory that knows one session under every key. A proxy, because the engines' factories differ in members.</summary>
public class FakeGrains : DispatchProxy
{
    private readonly List<string> _keys = [];
    private ISessionGrain? _session;

    /// <param name="session">The one session.</param>
    /// <param name="keys">The keys that it is asked for by.</param>
    public static IGrainFactory Of(ISessionGrain session, out IReadOnlyList<string> keys)
    {
        var factory = Create<IGrainFactory, FakeGrains>();
        var fake = (FakeGrains)(object)factory;
        fake._session = session;
        keys = fake._keys;
        return factory;
    }

    protected override object? Invoke(MethodInfo? method, object?[]? arguments)
    {
        Assert.Equal((nameof(IGrainFactory.GetGrain), typeof(ISessionGrain)), (method!.Name, method.ReturnType));
        _keys.Add((string)arguments![0]!);
        return _session;
    }
}
