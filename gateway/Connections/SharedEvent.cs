namespace Gatehouse.Gateway.Connections;

/// <summary>An event for many connections, encoded once for each form in which a transport sends it. Safe to use from any thread.</summary>
public sealed class SharedEvent(ServerEvent named)
{
    private Encoded? _first;

    /// <summary>The event.</summary>
    public ServerEvent Event => named;

    /// <summary>The event in a transport's form; encoded by the first connection that asks.</summary>
    /// <param name="form">Names the form: the transport's own object, compared by reference.</param>
    /// <param name="encode">Makes it.</param>
    public T In<T>(object form, Func<object, ServerEvent, T> encode) where T : class
    {
        var first = Volatile.Read(ref _first);
        // There are as many forms as transports and namespaces: a handful.
        for (var known = first; known is not null; known = known.Next)
        {
            if (ReferenceEquals(known.Form, form)) return (T)known.Value;
        }
        var made = new Encoded(form, encode(form, named), first);
        // Whoever loses the race has encoded once too often, which does no harm.
        Interlocked.CompareExchange(ref _first, made, first);
        return (T)made.Value;
    }

    private sealed record Encoded(object Form, object Value, Encoded? Next);
}
