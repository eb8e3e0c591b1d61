namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>What a client has shown that it knows of. It only ever learns.</summary>
public sealed class ChatDialect
{
    private volatile bool _hasExtensions;

    /// <summary>Whether the client knows of the extensions, and so of their events.</summary>
    public bool HasExtensions => _hasExtensions;

    /// <summary>The client has used an extension.</summary>
    public void AddExtensions() => _hasExtensions = true;
}
