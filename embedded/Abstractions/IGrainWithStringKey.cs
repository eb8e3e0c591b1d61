namespace Orleans;

/// <summary>
/// Marks a grain interface whose grains are named by a string key, the only kind of key that this engine knows.
/// </summary>
public interface IGrainWithStringKey : IGrain;
