namespace Gatehouse.Gateway.Connections;

/// <summary>Something that many get, encoded once for each format and not once for each of them. Safe to use from any thread.</summary>
/// <typeparam name="TSource">What it is before.</typeparam>
public abstract class EncodeOnce<TSource>(TSource source)
{
    private Encoded? _newest;

    protected TSource Source => source;

    /// <summary>The source in a format; encoded by the first who asks.</summary>
    /// <param name="format">Names the format; compared by reference.</param>
    /// <param name="encode">Encodes it.</param>
    public T For<TFormat, T>(TFormat format, Func<TFormat, TSource, T> encode) where TFormat : class where T : class
    {
        var newest = Volatile.Read(ref _newest);
        // There are as many formats as transports and dialects: a handful.
        for (var encoded = newest; encoded is not null; encoded = encoded.Next)
        {
            if (ReferenceEquals(encoded.Format, format)) return (T)encoded.Value;
        }
        var value = encode(format, source);
        // Whoever loses the race has encoded it once too often, which does no harm.
        Interlocked.CompareExchange(ref _newest, new Encoded(format, value, newest), newest);
        return value;
    }

    private sealed record Encoded(object Format, object Value, Encoded? Next);
}
