using System.Text.Encodings.Web;
using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>A connection that notes what is sent: an event's name, and its payload as JSON if there is one.</summary>
internal sealed class FakeConnection : IConnection
{
    private readonly CancellationTokenSource _aborted = new();
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lock _gate = new();
    private readonly List<string> _sent = [];

    public string Id { get; init; } = "the connection";

    public string Address => "192.0.2.1";

    public CancellationToken Aborted => _aborted.Token;

    public ConnectionLimits Limits { get; init; } = Limiters.Of().Connect("192.0.2.1");

    public Task Send(IReadOnlyList<ServerEvent> events)
    {
        lock (_gate)
        {
            foreach (var (name, payload, _) in events)
            {
                _sent.Add(payload is null ? name : $"{name} {JsonSerializer.Serialize(payload, Readable)}");
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>What the client's taking waits for.</summary>
    public Task<bool> WhenTaken { get; set; } = Task.FromResult(true);

    public Task<bool> Taken() => WhenTaken;

    public Task Close()
    {
        lock (_gate) _sent.Add("(closed)");
        return Task.CompletedTask;
    }

    public Task MoveAway()
    {
        lock (_gate) _sent.Add("(moved away)");
        return Task.CompletedTask;
    }

    /// <summary>What was sent since the last look.</summary>
    public string[] Sent()
    {
        lock (_gate)
        {
            string[] sent = [.. _sent];
            _sent.Clear();
            return sent;
        }
    }

    /// <summary>The client is gone.</summary>
    public void Abort() => _aborted.Cancel();
}
