using System.Reflection;

namespace Orleans.Engine;

/// <summary>A method by the type of its result, <see cref="Nothing"/> if it has none.</summary>
internal sealed class GrainMethod<T>(MethodInfo method) : GrainMethod(method)
{
    private static readonly Task<T> Sent = Task.FromResult<T>(default!);

    private readonly bool _isTask = method.ReturnType.IsAssignableTo(typeof(Task));
    private readonly bool _isPlainValueTask = method.ReturnType == typeof(ValueTask);

    public override object? Call(Reference target, object?[] arguments)
    {
        var answer = IsOneWay ? SendOneWay(target, arguments) : Send(target, arguments);
        if (_isTask) return answer;
        if (IsVoid) return null;
        return _isPlainValueTask ? new ValueTask(answer) : new ValueTask<T>(answer);
    }

    protected override Task? FromValueTask(object? outcome) => outcome switch
    {
        ValueTask task => task.AsTask(),
        ValueTask<T> task => task.AsTask(),
        _ => null,
    };

    private Task<T> Send(Reference target, object?[] arguments)
    {
        var request = new Request<T>(this, arguments, target);
        var token = TokenIn(arguments);
        if (token.CanBeCanceled) request.ObserveCancellation(token);
        if (!request.IsAbandoned) target.Send(request);
        return request.Answer;
    }

    private Task<T> SendOneWay(Reference target, object?[] arguments)
    {
        target.Send(new OneWayRequest(this, arguments, target));
        return Sent;
    }
}
