using System.Text.Encodings.Web;
using System.Text.Json;

namespace SocketIo;

internal static class SocketJson
{
    // What is escaped for HTML's sake would only make frames longer; no frame is ever part of a page.
    public static readonly JsonSerializerOptions Default =
        new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
