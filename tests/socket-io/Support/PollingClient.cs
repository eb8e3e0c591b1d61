using System.Text.Json;

namespace SocketIo.Tests.Support;

/// <summary>A polling session.</summary>
internal sealed class PollingClient
{
    private readonly TestServer _server;

    private PollingClient(TestServer server, int revision, string path, string sid, string query)
    {
        _server = server;
        Revision = revision;
        Path = path;
        Sid = sid;
        Query = $"{path}/?EIO={revision}&transport=polling&sid={sid}{query}";
    }

    public int Revision { get; }

    public string Path { get; }

    public string Sid { get; }

    /// <summary>The address of the session's requests.</summary>
    public string Query { get; }

    public static async Task<PollingClient> Open(TestServer server, int revision, string path = "/engine.io", string query = "")
    {
        var answer = await server.Get($"{path}/?EIO={revision}&transport=polling{query}");
        Assert.Equal(200, answer.Status);
        var open = answer.Text[answer.Text.IndexOf('{')..(answer.Text.IndexOf('}') + 1)];
        return new(server, revision, path, JsonDocument.Parse(open).RootElement.GetProperty("sid").GetString()!, query);
    }

    public Task<Answer> Poll() => _server.Get(Query);

    /// <summary>Polls, and returns as soon as the server holds the poll.</summary>
    public async Task<Task<Answer>> BeginPoll()
    {
        var poll = Poll();
        while (await _server.Waiting.Next() != Query) { }
        return poll;
    }

    public Task<Answer> Post(string body) => _server.Post(Query, body);

    /// <summary>Sends one packet.</summary>
    public async Task Send(string packet) => Assert.Equal(200, (await Post(Payload(packet))).Status);

    /// <summary>Polls and expects exactly these packets.</summary>
    public async Task Expect(params string[] packets) => Assert.Equal(Payload(packets), (await Poll()).Text);

    /// <summary>Packets as this revision joins them.</summary>
    public string Payload(params string[] packets) =>
        Revision == 4 ? string.Join('\x1e', packets) : string.Concat(packets.Select(packet => $"{packet.Length}:{packet}"));

    public Task<WebSocketClient> Upgrade() =>
        WebSocketClient.Connect(_server, $"{Path}/?EIO={Revision}&transport=websocket&sid={Sid}");
}
