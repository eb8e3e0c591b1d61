using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>
/// The Socket.IO server of a program: a singleton service. Namespaces are set up before the first client comes and used from anywhere.
/// </summary>
public sealed class SocketIoServer
{
    private readonly Dictionary<string, SocketNamespace> _namespaces = new(StringComparer.Ordinal);

    /// <summary>For the service container.</summary>
    public SocketIoServer(
        IOptions<SocketIoOptions> options, ILoggerFactory loggers, TimeProvider time, IRecoveryStore? recovery = null)
    {
        Options = options.Value;
        Logger = loggers.CreateLogger("SocketIo");
        Recovery = recovery;
        Engine = new(Options, new ClientHandler(this), time, Logger);
    }

    /// <summary>The connections at this moment, those in several namespaces and in none counted once.</summary>
    public int ConnectionCount => Engine.ConnectionCount;

    internal SocketIoOptions Options { get; }

    internal ILogger Logger { get; }

    internal IRecoveryStore? Recovery { get; }

    internal EngineServer Engine { get; }

    /// <summary>The namespace of this name, which clients can connect to from now on.</summary>
    /// <param name="name">Such as <c>/chat</c>; <c>/</c> is the one that clients use unless told otherwise.</param>
    /// <exception cref="ArgumentException">The name does not begin with a slash, or has a comma or question mark in it.</exception>
    public SocketNamespace Namespace(string name)
    {
        if (!name.StartsWith('/') || name.AsSpan().ContainsAny(',', '?'))
            throw new ArgumentException("A namespace's name begins with a slash and has neither comma nor question mark.", nameof(name));
        lock (_namespaces)
        {
            if (!_namespaces.TryGetValue(name, out var ns)) _namespaces[name] = ns = new(this, name);
            return ns;
        }
    }

    internal SocketNamespace? FindNamespace(string name)
    {
        lock (_namespaces) return _namespaces.GetValueOrDefault(name);
    }
}
