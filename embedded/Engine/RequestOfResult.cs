namespace Orleans.Engine;

/// <summary>
/// A call whose caller waits for a result; for a mere end, <typeparamref name="T"/> is <see cref="Nothing"/>.
/// </summary>
internal sealed class Request<T>(GrainMethod method, object?[] arguments, Reference target)
    : Request(method, arguments, target)
{
    // Asynchronously: the caller's code must not run inside the callee's turn.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    public override bool ExpectsAnswer => true;

    public override bool IsAbandoned => _answer.Task.IsCompleted;

    protected override void SetOutcome(Task outcome)
    {
        if (outcome.IsCompletedSuccessfully)
        {
            _answer.TrySetResult(outcome is Task<T> { Result: var result } ? result : default!);
        }
        else if (outcome.IsFaulted)
        {
            _answer.TrySetException(outcome.Exception.InnerExceptions);
        }
        else
        {
            _answer.TrySetCanceled(TokenOf(outcome));
        }
    }

    private static CancellationToken TokenOf(Task cancelled)
    {
        try
        {
            cancelled.GetAwaiter().GetResult();
            return default;
        }
        catch (OperationCanceledException exception)
        {
            return exception.CancellationToken;
        }
    }
}
