namespace Orleans;

/// <summary>
/// Why an activation ends, for programs. The values are Orleans'; this engine gives only some of them.
/// </summary>
public enum DeactivationReasonCode : byte
{
    /// <summary>Not said.</summary>
    None,

    /// <summary>The process stops.</summary>
    ShuttingDown,

    /// <summary>The activation could not be set up.</summary>
    ActivationFailed,

    /// <summary>Not used by this engine.</summary>
    DirectoryFailure,

    /// <summary>No call for <see cref="Hosting.EmbeddedGrainOptions.CollectionAge"/>.</summary>
    ActivationIdle,

    /// <summary>Not used by this engine.</summary>
    ActivationUnresponsive,

    /// <summary>Not used by this engine.</summary>
    DuplicateActivation,

    /// <summary>Not used by this engine.</summary>
    IncompatibleRequest,

    /// <summary>
    /// An <see cref="Storage.InconsistentStateException"/> escaped: the state in memory is not to be trusted.
    /// </summary>
    ApplicationError,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested,

    /// <summary>Not used by this engine.</summary>
    Migrating,

    /// <summary>Not used by this engine.</summary>
    RuntimeRequested,

    /// <summary>Not used by this engine.</summary>
    HighMemoryPressure,
}
