using System.Reflection;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Sessions;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>A grain factory that knows one session under every key, and one gateway.</summary>
public class FakeGrains : DispatchProxy
{
    private readonly List<string> _keys = [];
    private ISessionGrain? _session;
    private IGatewayGrain? _gateway;

    /// <param name="session">The one session.</param>
    /// <param name="keys">The keys that it is asked for by.</param>
    /// <param name="gateway">The gateway.</param>
    public static IGrainFactory Of(ISessionGrain session, out IReadOnlyList<string> keys, IGatewayGrain? gateway = null)
    {
        var factory = Create<IGrainFactory, FakeGrains>();
        var fake = (FakeGrains)(object)factory;
        (fake._session, fake._gateway) = (session, gateway);
        keys = fake._keys;
        return factory;
    }

    protected override object? Invoke(MethodInfo? method, object?[]? arguments)
    {
        Assert.Equal(nameof(IGrainFactory.GetGrain), method!.Name);
        if (method.ReturnType == typeof(IGatewayGrain)) return _gateway;
        Assert.Equal(typeof(ISessionGrain), method.ReturnType);
        _keys.Add((string)arguments![0]!);
        return _session;
    }
}
