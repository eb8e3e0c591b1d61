namespace Orleans;

/// <summary>Makes references to grains and to observers. Thread-safe; injected anywhere.</summary>
public interface IGrainFactory
{
    /// <summary>A reference to the grain of that key. Cheap: it activates nothing and sends nothing.</summary>
    /// <param name="primaryKey">The grain's key, compared ordinally.</param>
    /// <param name="grainClassNamePrefix">
    /// Chooses among several classes that implement the interface by the start of the full name.
    /// </param>
    /// <exception cref="ArgumentException">No class, or more than one, implements the interface.</exception>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;

    /// <summary>
    /// A reference through which grains call <paramref name="obj"/>: one call at a time, in order, never on the grain's
    /// own turn. At most <see cref="Hosting.EmbeddedGrainOptions.MaxQueuedCallsPerObserver"/> calls wait; more are
    /// dropped (one-way) or refused. The reference keeps the object alive.
    /// </summary>
    TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;

    /// <summary>
    /// Ends a reference. Calls that wait or come later fail with <see cref="Runtime.ClientNotAvailableException"/>.
    /// </summary>
    /// <param name="obj">The reference made by <see cref="CreateObjectReference{TGrainObserverInterface}"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="obj"/> is not such a reference.</exception>
    void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver;
}
