using System.Text;

namespace Gatehouse.Bench;

/// <summary>What a client says on the wire to be in a room, to send there, and how it knows what it gets.</summary>
/// <param name="Path">Where its WebSocket is.</param>
/// <param name="Enter">What it says to get in, each with what it waits for before it goes on.</param>
/// <param name="Send">A message in a room, around its JSON.</param>
/// <param name="Delivery">How a delivery begins.</param>
/// <param name="Ping">How a ping begins.</param>
/// <param name="Pong">What it answers.</param>
/// <param name="Separator">What ends a message within a stream; null where each frame is one.</param>
internal sealed record Dialect(
    string Path,
    Func<string, string, (string? Say, string Await)[]> Enter,
    Func<string, string, string> Send,
    byte[] Delivery,
    byte[] Ping,
    byte[] Pong,
    byte? Separator)
{
    private const string SocketIoPath = "/socket.io/?EIO=4&transport=websocket";
    private const byte RecordSeparator = 0x1e;
    private const string End = "\u001e";

    public static Dialect Of(string server) => server switch
    {
        "node" => SocketIo(
            "", (_, room) => [(null, "0{"), ("40", "40{"), ($"42[\"join\",\"{room}\"]", "[\"joined\"")]),
        "gatehouse-socket.io" => SocketIo(
            "/chat,",
            (name, room) =>
            [
                (null, "0{"), ("40/chat,", "40/chat,{"),
                ($$"""42/chat,["Auth",{"user":"{{name}}","password":"-","room":"{{room}}"}]""", "[\"Auth\""),
            ]),
        "hub" => SignalR("/hub", "Message", (_, room) => ("Join", $"\"{room}\"", "joined")),
        "gatehouse-signalr" => SignalR(
            "/hubs/chat",
            "message",
            (name, room) => ("Auth", $$"""{"user":"{{name}}","password":"-","room":"{{room}}"}""", "Auth")),
        "nats" => new(
            "/",
            (_, room) => [(null, "INFO {"), ($"CONNECT {{\"verbose\":false}}\r\nSUB {room} 1\r\nPING\r\n", "PONG")],
            (room, json) => $"PUB {room} {json.Length}\r\n{json}\r\n",
            Bytes("{\"content\""), Bytes("PING"), Bytes("PONG\r\n"), (byte)'\n'),
        "bun" or "bare" => new("/", (_, room) => [($"join {room}", "joined")], (_, json) => json, Bytes("{\"content\""), Bytes("ping"), Bytes("pong"), null),
        _ => throw new ArgumentException(server),
    };

    private static Dialect SocketIo(string ns, Func<string, string, (string?, string)[]> enter) => new(
        SocketIoPath, enter, (_, json) => $"42{ns}[\"message\",{json}]", Bytes($"42{ns}[\"message\""), Bytes("2"), Bytes("3"), null);

    private static Dialect SignalR(
        string path, string send, Func<string, string, (string Method, string Argument, string Answer)> enter) => new(
        path,
        (name, room) =>
        {
            var (method, argument, answer) = enter(name, room);
            return [("{\"protocol\":\"json\",\"version\":1}" + End, "{}" + End), (Invocation(method, argument), $"\"target\":\"{answer}\"")];
        },
        (_, json) => Invocation(send, json),
        Bytes("{\"type\":1,\"target\":\"message\""),
        Bytes("{\"type\":6"),
        Bytes("{\"type\":6}" + End),
        RecordSeparator);

    private static string Invocation(string method, string argument) =>
        $"{{\"type\":1,\"target\":\"{method}\",\"arguments\":[{argument}]}}" + End;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
