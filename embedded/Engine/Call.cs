namespace Orleans.Engine;

/// <summary>Something that an activation runs when its turn comes: a request or a timer's tick.</summary>
internal abstract class Call
{
    /// <summary>May start in the midst of other calls.</summary>
    public virtual bool Interleaves => false;

    /// <summary>May start in the midst of other read-only calls.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>Counts as use of the activation.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>Nobody waits for it any more, so it need not start.</summary>
    public abstract bool IsAbandoned { get; }

    /// <summary>Runs it. Never throws: the outcome is in the task.</summary>
    public abstract Task Invoke(object target);

    /// <summary>Tells whoever waits that it has ended.</summary>
    public abstract void Complete(Task outcome);
}
