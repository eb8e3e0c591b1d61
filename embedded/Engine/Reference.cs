using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Orleans.Engine;

/// <summary>What callers hold: an object that implements the interface and turns each call into a request.</summary>
internal abstract class Reference : DispatchProxy
{
    public InterfaceShape Shape { get; set; } = null!;

    public abstract ILogger Logger { get; }

    /// <summary>Hands the request to whoever runs it. Must not throw: a failure is the request's outcome.</summary>
    public abstract void Send(Request request);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        Shape[targetMethod!].Call(this, args!);
}
