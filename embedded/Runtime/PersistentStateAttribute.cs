namespace Orleans.Runtime;

/// <summary>
/// On a constructor parameter of type <see cref="IPersistentState{TState}"/>: injects a piece of persistent state.
/// </summary>
/// <param name="stateName">
/// The state's name in storage; unique over all grain classes, since storage keys rows by name and grain key.
/// </param>
/// <param name="storageName">The keyed <see cref="Storage.IGrainStorage"/>; null for the default one.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
{
    /// <summary>The state's name in storage.</summary>
    public string StateName { get; } = stateName;

    /// <summary>The name of the storage; null for the default one.</summary>
    public string? StorageName { get; } = storageName;
}
