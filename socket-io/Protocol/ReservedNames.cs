namespace SocketIo;

/// <summary>Names that mean something to every client's library, so no event may bear them.</summary>
internal static class ReservedNames
{
    /// <summary>A client whose library does not know better sends it as an event; it means that it leaves.</summary>
    public const string Disconnect = "disconnect";

    public static bool Contains(string name) => name is "connect" or "connect_error" or Disconnect or "disconnecting";
}
