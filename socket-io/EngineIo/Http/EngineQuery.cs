using Microsoft.AspNetCore.WebUtilities;

namespace SocketIo.EngineIo;

/// <summary>The query parameters of Engine.IO. Read without the framework's collection, which would live as long as a WebSocket.</summary>
/// <param name="Revision">The revision of Engine.IO: 3 or 4; 0 if it names none, or one that nobody knows.</param>
/// <param name="Transport">What the client comes by.</param>
/// <param name="Sid">The session.</param>
/// <param name="Base64">Whether the client cannot take binary.</param>
/// <param name="IsJsonp">Whether it wants a script.</param>
internal readonly record struct EngineQuery(int Revision, EngineTransports Transport, string? Sid, bool Base64, bool IsJsonp)
{
    /// <summary>What a WebSocket without Engine.IO asks for, at an endpoint that serves such.</summary>
    public static EngineQuery Plain { get; } = new(0, EngineTransports.WebSocket, Sid: null, Base64: false, IsJsonp: false);

    public WireForm Form => Revision switch
    {
        0 => WireForm.Plain,
        4 => WireForm.Revision4,
        _ => Base64 ? WireForm.Revision3Base64 : WireForm.Revision3,
    };

    public static EngineQuery Parse(string? query)
    {
        var result = default(EngineQuery);
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var value = pair.DecodeValue().Span;
            result = pair.DecodeName().Span switch
            {
                "EIO" => result with { Revision = value is "4" ? 4 : value is "3" ? 3 : 0 },
                "transport" => result with
                {
                    Transport = value is "polling" ? EngineTransports.Polling : value is "websocket" ? EngineTransports.WebSocket : 0,
                },
                "sid" => result with { Sid = value.IsEmpty ? null : value.ToString() },
                "b64" => result with { Base64 = value is not ("" or "0" or "false") },
                "j" => result with { IsJsonp = true },
                _ => result,
            };
        }

        return result;
    }
}
