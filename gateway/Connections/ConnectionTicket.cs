namespace Gatehouse.Gateway.Connections;

/// <summary>How a transport knows a client again that comes back after it lost its connection.</summary>
/// <param name="SessionId">The session that the client will ask for.</param>
/// <param name="Secret">What it will show.</param>
/// <param name="Tag">What the transport wants back then.</param>
public sealed record ConnectionTicket(string SessionId, string Secret, string Tag)
{
    /// <summary>Without the secret, which belongs into no log.</summary>
    public override string ToString() => $"{nameof(ConnectionTicket)} {SessionId}";
}
