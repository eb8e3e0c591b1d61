using Gatehouse.Gateway.Connections;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>What react-auth tells its clients unasked, see docs/PROTOCOLS.md, "react-auth".</summary>
public static class ReactAuthServerEvents
{
    /// <summary><c>fantaptik/react-auth/close</c>: the session is over.</summary>
    public static ServerEvent Closed { get; } = new(ReactAuthTypes.Close, new ReactAuthNotice(ReactAuthTypes.Close));
}
