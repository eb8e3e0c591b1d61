using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol whose clients can show a token in connecting, before any event.</summary>
public interface ITokenProtocol : IEventProtocol
{
    /// <summary>The client has come in and has shown a token. Never throws: every failure is told.</summary>
    /// <param name="token">What it has shown, which may be anything.</param>
    /// <param name="mayResume">The client says that it has a session to go on with: the token waits for its first event, and counts only if
    /// that does not bring the session back.</param>
    Task LogIn(JsonElement token, bool mayResume);
}
