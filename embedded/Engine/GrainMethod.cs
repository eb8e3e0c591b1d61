using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Engine;

/// <summary>One method of a grain or observer interface, looked at once.</summary>
internal abstract class GrainMethod(MethodInfo method)
{
    private readonly MethodInvoker _invoker = MethodInvoker.Create(method);
    private readonly int _cancellation =
        Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));

    public string Name { get; } = $"{method.DeclaringType!.Name}.{method.Name}";

    public bool AlwaysInterleaves { get; } = method.IsDefined(typeof(AlwaysInterleaveAttribute));

    public bool IsReadOnly { get; } = method.IsDefined(typeof(ReadOnlyAttribute));

    protected bool IsVoid { get; } = method.ReturnType == typeof(void);

    protected bool IsOneWay { get; } = method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute));

    /// <exception cref="NotSupportedException">The engine cannot carry the method.</exception>
    public static GrainMethod Of(MethodInfo method)
    {
        var type = method.ReturnType;
        var result = type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask) ? typeof(Nothing)
            : type.IsGenericType && type.GetGenericTypeDefinition() is var open
                && (open == typeof(Task<>) || open == typeof(ValueTask<>)) ? type.GetGenericArguments()[0]
            : null;
        var byRef = method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef);
        if (result is null || method.IsGenericMethod || byRef)
        {
            throw new NotSupportedException(
                $"{method.DeclaringType}.{method.Name} must return Task, Task<T>, ValueTask, ValueTask<T> or nothing, "
                + "be no generic method, and take no argument by ref.");
        }

        return (GrainMethod)Activator.CreateInstance(typeof(GrainMethod<>).MakeGenericType(result), method)!;
    }

    /// <summary>Sends a call from the caller's side. What it returns is what the proxy returns.</summary>
    public abstract object? Call(Reference target, object?[] arguments);

    /// <summary>Calls the method on the callee's side.</summary>
    public Task Invoke(object callee, object?[] arguments)
    {
        var outcome = _invoker.Invoke(callee, arguments.AsSpan());
        return outcome as Task ?? (IsVoid ? Task.CompletedTask : FromValueTask(outcome))
            ?? throw new InvalidOperationException($"{callee.GetType()} returned null from {Name}.");
    }

    protected abstract Task? FromValueTask(object? outcome);

    protected CancellationToken TokenIn(object?[] arguments) =>
        _cancellation < 0 ? default : (CancellationToken)arguments[_cancellation]!;
}
