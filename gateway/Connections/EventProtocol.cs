using System.Runtime.InteropServices;
using System.Text.Json;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;

namespace Gatehouse.Gateway.Connections;

/// <summary>
/// What all protocols do with an event, once: find it in the table, count it, hold it against the limits, make sure that whoever sends
/// it may still act, refuse it or let its method handle it, tell the client of a failure, and detach again when the connection has gone meanwhile.
/// </summary>
/// <typeparam name="TProtocol">The protocol itself.</typeparam>
/// <param name="protocolName">The protocol's name, for operators.</param>
/// <param name="connection">The connection that it is spoken on.</param>
/// <param name="logger">The protocol's log.</param>
public abstract class EventProtocol<TProtocol>(string protocolName, IConnection connection, ILogger logger) : IEventProtocol
    where TProtocol : EventProtocol<TProtocol>
{
    private readonly EventPipeline _pipeline = new();
    private volatile bool _isClosed;

    /// <summary>0 before the first event, 1 from then on, 2 when the connection is gone.</summary>
    private int _spoken;

    private int _underWay;

    public bool IsBusy => Volatile.Read(ref _underWay) > 0;

    /// <summary>The connection that the protocol is spoken on.</summary>
    protected IConnection Connection => connection;

    /// <summary>Whether the connection is gone.</summary>
    protected bool IsClosed => _isClosed;

    /// <summary>Cancelled when the connection is gone: its client waits for nothing any more.</summary>
    protected CancellationToken Gone => connection.Aborted;

    public virtual Task Receive(string name, JsonElement payload, Action<object?>? answered = null)
    {
        if (_spoken == 0 && Interlocked.CompareExchange(ref _spoken, 1, 0) == 0) GatewayMeters.ProtocolBegun(protocolName);
        var size = SizeOf(payload);
        return connection.Limits.Count(size, Gone) is { IsCompletedSuccessfully: false } wait
            ? ReceiveAfter(wait, name, payload, size, answered)
            : Receive(name, payload, size, answered);
    }

    private async Task ReceiveAfter(Task wait, string name, JsonElement payload, int size, Action<object?>? answered)
    {
        await wait;
        if (!Gone.IsCancellationRequested) await Receive(name, payload, size, answered);
    }

    private Task Receive(string name, JsonElement payload, int size, Action<object?>? answered)
    {
        var found = Find(name, payload);
        if (found is not { IsPipelined: true }) return HandleAlone(found, name, payload, answered);
        if (!_pipeline.HasRoom(size)) return HandleAlone(found, name, payload, answered);
        // Whoever has to be looked after first would lose its place.
        if (EnsureValid(found) is { IsCompletedSuccessfully: false } look) return HandleAlone(found, name, payload, answered, look);
        _pipeline.Enter(size);
        _ = Handle(found, name, payload, answered, pipelined: size);
        return Task.CompletedTask;
    }

    private async Task HandleAlone(
        ClientEvent<TProtocol>? found, string name, JsonElement payload, Action<object?>? answered, Task? look = null)
    {
        await _pipeline.Empty();
        await Handle(found, name, payload, answered, look);
    }

    private async Task Handle(
        ClientEvent<TProtocol>? found, string name, JsonElement payload, Action<object?>? answered, Task? look = null, int? pipelined = null)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            using var scope = Observe(found);
            Task? handling = null;
            try
            {
                using var admission = await Admit(found, payload);
                if (look is not null) await look;
                if (admission.IsGranted && found is not null) await EnsureValid(found);
                var refusal = admission.RetryAfter is { } wait ? Withhold(found!, name, wait) : Refuse(found, name, payload);
                if (refusal is not null)
                {
                    await Send(refusal);
                }
                else
                {
                    handling = found!.Handle((TProtocol)this, payload);
                    await handling;
                }
            }
            catch (OperationCanceledException) when (Gone.IsCancellationRequested)
            {
                // Nobody is there to be told.
            }
            catch (Exception failure)
            {
                scope.Failed(failure);
                if (found is not null) await Send(Failure(found, name));
            }
            await EnsureDetached();
            answered?.Invoke(AnswerTo(handling));
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
            if (pipelined is { } size) _pipeline.Leave(size);
        }
    }

    /// <summary>See <see cref="IResumableProtocol.RefuseBinary"/>.</summary>
    public async Task RefuseBinary(string name, JsonElement payload)
    {
        await connection.Limits.Count(SizeOf(payload), Gone);
        await _pipeline.Empty();
        var found = Find(name, payload);
        using var scope = Observe(found);
        await Send(Refuse(found, name, payload) ?? Unacceptable(found!, name));
        await EnsureDetached();
    }

    public async Task Closed()
    {
        await _pipeline.Empty();
        _isClosed = true;
        if (Interlocked.Exchange(ref _spoken, 2) == 1) GatewayMeters.ProtocolEnded(protocolName);
        await Detach();
    }

    /// <summary>The event of a name, for what is in it; null when the protocol has none, or none for this client.</summary>
    protected abstract ClientEvent<TProtocol>? Find(string name, JsonElement payload);

    /// <summary>What to send in place of handling an event; null when it may be handled, which only one that was found may.</summary>
    protected abstract IReadOnlyList<ServerEvent>? Refuse(ClientEvent<TProtocol>? found, string name, JsonElement payload);

    /// <summary>What to send in place of handling an event of which there were too many.</summary>
    /// <param name="withheld">The event.</param>
    /// <param name="name">Its name as the client spelled it.</param>
    /// <param name="retryAfter">After how many seconds it may be sent again.</param>
    protected virtual IReadOnlyList<ServerEvent> Withhold(ClientEvent<TProtocol> withheld, string name, int retryAfter) =>
        Failure(withheld, name);

    /// <summary>What to send when an event failed for a reason of ours.</summary>
    protected virtual IReadOnlyList<ServerEvent> Failure(ClientEvent<TProtocol> failed, string name) =>
        failed.Failure is { } failure ? [failure] : [];

    /// <summary>What to send when an event's payload is not acceptable whatever is in it.</summary>
    protected virtual IReadOnlyList<ServerEvent> Unacceptable(ClientEvent<TProtocol> refused, string name) => Failure(refused, name);

    /// <summary>The answer, in a protocol that answers each request and not by events.</summary>
    /// <param name="handled">What handled the event; it may have failed. Null when nothing did.</param>
    protected virtual object? AnswerTo(Task? handled) => null;

    /// <summary>
    /// Makes sure that the login by which the client acts still holds, as far as it has one; throws when that cannot be known. What it finds
    /// has been told to the client when it returns.
    /// </summary>
    /// <param name="wanted">What the client wants to do; some of it may be done by anybody.</param>
    protected virtual Task EnsureValid(ClientEvent<TProtocol> wanted) => Task.CompletedTask;

    /// <summary>Tells whoever has to know that the connection is gone. May be done more than once, and at any time.</summary>
    protected abstract Task Detach();

    /// <summary>Sends one event.</summary>
    protected Task Send(ServerEvent single) => connection.Send([single]);

    private EventScope Observe(ClientEvent<TProtocol>? found) => found is null
        ? EventScope.Begin(protocolName, name: null, logger, connection.Opening)
        : EventScope.Begin(found.Tally(protocolName), logger, connection.Opening);

    private ValueTask<Admission> Admit(ClientEvent<TProtocol>? found, JsonElement payload)
    {
        if (found?.Limit is not { } limit) return new(Admission.Granted);
        // Where there is no password none is hashed.
        return limit is Limit.Registrations or Limit.Passwords && payload.Text("password") is null
            ? new(Admission.Granted)
            : connection.Limits.Enter(limit, payload.Text("username") ?? payload.Text("user") ?? payload.Text("email"), Gone);
    }

    private static int SizeOf(JsonElement payload) =>
        payload.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(payload).Length;

    private Task Send(IReadOnlyList<ServerEvent> events) => events.Count == 0 ? Task.CompletedTask : connection.Send(events);

    /// <summary>The connection may have gone while the event was on the way, and have been attached again by it.</summary>
    private Task EnsureDetached() => IsClosed ? Detach() : Task.CompletedTask;
}
