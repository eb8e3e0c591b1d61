using System.Buffers;
using System.Collections.Immutable;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Gatehouse.Gateway.Transports.SignalR;

/// <summary>One SignalR client. What it does not take at once waits in a bounded queue.</summary>
/// <param name="client">Its writing end.</param>
/// <param name="protocol">The one encoding that there is.</param>
/// <param name="limiter">What limits it.</param>
public sealed class SignalRConnection(HubConnectionContext client, IHubProtocol protocol, Limiter limiter) : IConnection
{
    /// <summary>How many updates, and how many bytes, may wait for a client that reads slowly; more disconnect it.</summary>
    public const int MaxQueued = 1000, MaxQueuedBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(30);
    private static readonly Tally Sent = GatewayMeters.EventsSentBy("signalr");

    private readonly Lock _gate = new();
    private readonly Queue<(SerializedHubMessage Message, TaskCompletionSource? Written)> _queue = new();
    private int _queuedBytes;
    private TaskCompletionSource<bool>? _taken;
    private bool _isWriting;

    public string Id => client.ConnectionId;

    public CancellationToken Aborted => client.ConnectionAborted;

    public string Address { get; } = AddressOf(client);

    public OpeningTrace Opening { get; } =
        OpeningTrace.Of(client.GetHttpContext()?.Features.Get<IHttpActivityFeature>()?.Activity);

    public ConnectionLimits Limits { get; } = limiter.Connect(AddressOf(client));

    public Task Send(IReadOnlyList<ServerEvent> events)
    {
        Sent.Add(events.Count);
        for (var index = 0; index < events.Count - 1; index++) Write(Serialize(events[index]), isAwaited: false);
        return events.Count == 0 ? Task.CompletedTask : Write(Serialize(events[^1]), isAwaited: true);
    }

    public void Deliver(SharedEvents shared)
    {
        Sent.Add(shared.Events.Length);
        _ = Write(shared.For(protocol, Serialize), isAwaited: false);
    }

    /// <summary>Answers an invocation, after all that was sent before.</summary>
    /// <param name="invocationId">Which one.</param>
    /// <param name="result">Its result; may be null.</param>
    public void Complete(string invocationId, object? result) =>
        _ = Write(new SerializedHubMessage(CompletionMessage.WithResult(invocationId, result)), isAwaited: false);

    public Task<bool> Taken()
    {
        lock (_gate)
        {
            if (client.ConnectionAborted.IsCancellationRequested) return Task.FromResult(false);
            if (!_isWriting) return Task.FromResult(true);
            _taken ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _taken.Task;
        }
    }

    public async Task Close()
    {
        await Write(new SerializedHubMessage(PingMessage.Instance), isAwaited: true);
        client.Abort();
    }

    /// <summary>The client's library ends the connection when it reads this; whoever does not is cut when the process stops.</summary>
    public Task MoveAway() => Write(new SerializedHubMessage(new CloseMessage(error: null, allowReconnect: true)), isAwaited: false);

    /// <summary>Writes in order. When awaited, the task ends when the message was taken, or never will be.</summary>
    private Task Write(SerializedHubMessage message, bool isAwaited)
    {
        lock (_gate)
        {
            if (client.ConnectionAborted.IsCancellationRequested) return Task.CompletedTask;
            if (!_isWriting)
            {
                var writing = client.WriteAsync(message);
                if (writing.IsCompletedSuccessfully) return Task.CompletedTask;
                _isWriting = true;
                var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _ = Drain(writing.AsTask(), written);
                return written.Task;
            }
            var size = SizeOf(message);
            // A single larger one may wait alone.
            if (_queue.Count == 0 || (_queue.Count < MaxQueued && _queuedBytes + (long)size <= MaxQueuedBytes))
            {
                _queuedBytes += size;
                var written = isAwaited ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
                _queue.Enqueue((message, written));
                return written?.Task ?? Task.CompletedTask;
            }
        }
        Drop();
        return Task.CompletedTask;
    }

    private async Task Drain(Task writing, TaskCompletionSource? written)
    {
        while (true)
        {
            try
            {
                await writing.WaitAsync(SendTimeout, client.ConnectionAborted);
            }
            catch (TimeoutException)
            {
                Drop();
            }
            catch (Exception)
            {
                // The connection is gone; what waits is taken off below, so that nobody waits for it.
            }
            written?.TrySetResult();
            lock (_gate)
            {
                if (!_queue.TryDequeue(out var next))
                {
                    _isWriting = false;
                    _taken?.SetResult(!client.ConnectionAborted.IsCancellationRequested);
                    _taken = null;
                    return;
                }
                _queuedBytes -= SizeOf(next.Message);
                written = next.Written;
                writing = client.ConnectionAborted.IsCancellationRequested
                    ? Task.CompletedTask
                    : client.WriteAsync(next.Message).AsTask();
            }
        }
    }

    private void Drop()
    {
        GatewayMeters.SlowConsumerDropped("signalr");
        client.Abort();
    }

    // Encodes it, if nobody has: it is kept in the message.
    private int SizeOf(SerializedHubMessage message) => message.GetSerializedMessage(protocol).Length;

    private static string AddressOf(HubConnectionContext client) => ClientAddress.Of(client.GetHttpContext()?.Connection.RemoteIpAddress);

    private static SerializedHubMessage Serialize(ServerEvent named) => new(Invocation(named));

    /// <summary>Several messages as one: they are written, and flushed, together.</summary>
    private static SerializedHubMessage Serialize(IHubProtocol protocol, ImmutableArray<ServerEvent> events)
    {
        var frames = new ArrayBufferWriter<byte>();
        foreach (var named in events) protocol.WriteMessage(Invocation(named), frames);
        return new([new SerializedMessage(protocol.Name, frames.WrittenMemory)]);
    }

    // An absent payload is no argument at all: clients count them.
    private static InvocationMessage Invocation(ServerEvent named) =>
        new(named.Name, named.Payload is null ? [] : [named.Payload]);
}
