namespace Orleans.Runtime;

/// <summary>The identity of a grain: its type (the class name without "Grain", in lower case) and its key.</summary>
public readonly record struct GrainId
{
    private GrainId(string type, string key) => (Type, Key) = (type, key);

    /// <summary>The grain's type, such as <c>room</c>.</summary>
    public string Type { get; }

    /// <summary>The grain's key.</summary>
    public string Key { get; }

    /// <summary>The identity of the grain with that type and key.</summary>
    public static GrainId Create(string type, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new GrainId(type, key);
    }

    /// <summary><c>type/key</c>.</summary>
    public override string ToString() => $"{Type}/{Key}";
}
