namespace Orleans.Engine;

/// <summary>One call of a method through a reference.</summary>
internal abstract class Request(GrainMethod method, object?[] arguments, Reference target) : Call
{
    private CancellationTokenRegistration _cancellation;

    public Reference Target => target;

    /// <summary>The activation in whose turn the call was made; null for a client.</summary>
    public Activation? Caller { get; } = Activation.Current;

    /// <summary>
    /// When the call was sent, by the engine's clock, and its place among those that wait for an answer.
    /// </summary>
    public long SentAt { get; set; }

    /// <inheritdoc cref="SentAt"/>
    public LinkedListNode<Request>? Waiting { get; set; }

    public override bool Interleaves => method.AlwaysInterleaves;

    public override bool IsReadOnly => method.IsReadOnly;

    /// <summary>Whether the caller waits for the end.</summary>
    public abstract bool ExpectsAnswer { get; }

    public override Task Invoke(object callee)
    {
        try
        {
            return method.Invoke(callee, arguments);
        }
        catch (Exception exception)
        {
            return Task.FromException(exception);
        }
    }

    public override void Complete(Task outcome)
    {
        PendingCalls.Leave(this);
        _cancellation.Unregister();
        SetOutcome(outcome);
    }

    /// <summary>Ends the call for its caller, whatever the callee does.</summary>
    public void Fail(Exception exception) => Complete(Task.FromException(exception));

    /// <summary>The caller gives up as soon as <paramref name="token"/>, one of the arguments, says so.</summary>
    public void ObserveCancellation(CancellationToken token) => _cancellation = token.UnsafeRegister(
        static (request, token) => ((Request)request!).Complete(Task.FromCanceled(token)), this);

    public override string ToString() => $"{target}.{method.Name}";

    protected abstract void SetOutcome(Task outcome);
}
