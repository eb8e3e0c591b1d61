namespace SocketIo;

/// <summary>What a namespace says to a client that wants in.</summary>
public sealed class ConnectResult
{
    /// <summary>It may enter.</summary>
    public static readonly ConnectResult Accepted = new() { IsAccepted = true };

    /// <summary>
    /// A client that is coming back cannot go on after all: it enters as a new one. The handler is called again, for a new socket that has
    /// the items of this one and is not <see cref="ClientSocket.Recovered"/>; so will the client know.
    /// </summary>
    public static readonly ConnectResult Anew = new();

    private ConnectResult()
    {
    }

    /// <summary>Whether the client may enter.</summary>
    public bool IsAccepted { get; private init; }

    internal object? Payload { get; private init; }

    internal string Message { get; private init; } = "";

    /// <summary>It may enter. Clients of revision 4 get the payload's properties beside their socket id.</summary>
    public static ConnectResult Accept(object payload) => new() { IsAccepted = true, Payload = payload };

    /// <summary>It may not; the client's <c>connect_error</c> gets the message, and the data as its property <c>data</c>.</summary>
    public static ConnectResult Refuse(string message, object? data = null) => new() { Message = message, Payload = data };
}
