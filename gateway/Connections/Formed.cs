namespace Gatehouse.Gateway.Connections;

/// <summary>Something that is brought into one form or another once, for all who want it so. Safe to use from any thread.</summary>
/// <typeparam name="TSource">What it is before.</typeparam>
public abstract class Formed<TSource>(TSource source)
{
    private Made? _newest;

    protected TSource Source => source;

    /// <summary>The source in a form; made by the first who asks.</summary>
    /// <param name="form">Names the form; compared by reference.</param>
    /// <param name="make">Makes it.</param>
    public T In<TForm, T>(TForm form, Func<TForm, TSource, T> make) where TForm : class where T : class
    {
        var newest = Volatile.Read(ref _newest);
        // There are as many forms as transports and dialects: a handful.
        for (var made = newest; made is not null; made = made.Next)
        {
            if (ReferenceEquals(made.Form, form)) return (T)made.Value;
        }
        var value = make(form, source);
        // Whoever loses the race has made it once too often, which does no harm.
        Interlocked.CompareExchange(ref _newest, new Made(form, value, newest), newest);
        return value;
    }

    private sealed record Made(object Form, object Value, Made? Next);
}
