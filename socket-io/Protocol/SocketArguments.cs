using System.Collections;
using System.Text.Json;

namespace SocketIo;

/// <summary>What came with an event or an acknowledgement. Immutable; it can be sent on as it is, attachments included.</summary>
public sealed class SocketArguments : IReadOnlyList<JsonElement>
{
    /// <summary>No arguments.</summary>
    public static readonly SocketArguments Empty = new([], [], SocketJson.Default);

    private readonly JsonElement[] _values;
    private readonly JsonSerializerOptions _options;

    internal SocketArguments(JsonElement[] values, IReadOnlyList<ReadOnlyMemory<byte>> attachments, JsonSerializerOptions options)
    {
        _values = values;
        _options = options;
        Attachments = attachments;
    }

    /// <summary>The number of arguments.</summary>
    public int Count => _values.Length;

    /// <summary>The binary attachments, in the order in which placeholders number them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>The argument at a position; undefined if there are not so many.</summary>
    public JsonElement this[int index] => index >= 0 && index < _values.Length ? _values[index] : default;

    /// <summary>The argument at a position as an object; an <see cref="Attachment"/> in it gets its bytes.</summary>
    /// <exception cref="JsonException">There is no such argument, or it is something else.</exception>
    public T? Get<T>(int index = 0) =>
        index >= 0 && index < _values.Length
            ? Attachment.Read<T>(_values[index], Attachments, _options)
            : throw new JsonException($"There is no argument {index}.");

    /// <inheritdoc/>
    public IEnumerator<JsonElement> GetEnumerator() => ((IEnumerable<JsonElement>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
