namespace Orleans;

/// <summary>
/// Marks a message or state type. Orleans generates a serializer for it; this engine only carries the attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute;
