namespace Orleans.Engine;

/// <summary>
/// The calls that wait for an answer, oldest first, and the clock that ends the waiting. One list per bunch of threads,
/// since every call comes in and goes out here.
/// </summary>
internal sealed class PendingCalls(TimeProvider time, TimeSpan timeout)
{
    private readonly LinkedList<Request>[] _lists = [.. Enumerable.Range(0, 16).Select(_ => new LinkedList<Request>())];

    public void Enter(Request request)
    {
        var list = _lists[Environment.CurrentManagedThreadId % _lists.Length];
        lock (list)
        {
            request.SentAt = time.GetTimestamp();
            request.Waiting = list.AddLast(request);
        }
    }

    public static void Leave(Request request)
    {
        if (request.Waiting is not { List: { } list } place) return;
        lock (list)
        {
            if (place.List is not null) list.Remove(place);
        }
    }

    /// <summary>
    /// Fails every call that has waited too long, saying what the called grain waits for in its turn.
    /// </summary>
    public void FailExpired()
    {
        if (!_lists.Any(HasExpired)) return;
        var all = _lists.SelectMany(Copy).OrderBy(request => request.SentAt).ToList();
        var oldestByCaller = all.Where(request => request.Caller is not null)
            .GroupBy(request => request.Caller!).ToDictionary(calls => calls.Key, calls => calls.First());

        // The messages first: each failed call is a link that the next message needs. Then the oldest calls first: the
        // outermost caller is to get its own message and not that of the call it led to.
        var expired = all.Where(IsExpired).Select(request => (request, Explain(request, oldestByCaller))).ToList();
        foreach (var (request, explanation) in expired) request.Fail(new TimeoutException(explanation));
    }

    private static List<Request> Copy(LinkedList<Request> list)
    {
        lock (list) return [.. list];
    }

    private bool HasExpired(LinkedList<Request> list)
    {
        lock (list) return list.First is { } oldest && IsExpired(oldest.Value);
    }

    private bool IsExpired(Request request) => time.GetElapsedTime(request.SentAt) >= timeout;

    private string Explain(Request request, Dictionary<Activation, Request> oldestByCaller)
    {
        var text = $"No answer within {timeout} to the call of {request} by {request.Caller?.ToString() ?? "client"}.";
        var seen = new HashSet<Request> { request };
        while (request.Target is GrainReference { Current: { } callee }
            && oldestByCaller.TryGetValue(callee, out var next))
        {
            text += $" {callee} waits for {next}.";
            if (!seen.Add(next)) return text + " That is a cycle of calls.";
            request = next;
        }

        return text;
    }
}
