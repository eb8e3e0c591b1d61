namespace SocketIo.EngineIo;

/// <summary>
/// Where a web page comes from, as the Fetch standard compares it: scheme, host and port, whatever spelling they came in. The two
/// origins without a host, <c>null</c> and <c>file://</c>, are equal to themselves only.
/// </summary>
internal readonly record struct WebOrigin(string Scheme, string Host, int Port)
{
    private static readonly WebOrigin Opaque = new("null", "", -1);
    private static readonly WebOrigin File = new("file", "", -1);

    /// <summary>Reads an origin; null when the text is none: it has a path, a user, or no host.</summary>
    public static WebOrigin? Parse(string text)
    {
        if (text == "null") return Opaque;
        if (text.Equals("file://", StringComparison.OrdinalIgnoreCase)) return File;
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        // What the parser below would forgive.
        if (host < 4 || text.AsSpan(host).IndexOfAny("/\\?#@% \t\r\n") >= 0) return null;
        try
        {
            // Makes hosts lower-case and ASCII, shortens IPv6, and knows the default ports.
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IdnHost.Length > 0
                ? new(uri.Scheme, uri.IdnHost.ToLowerInvariant(), uri.Port)
                : null;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }
}
