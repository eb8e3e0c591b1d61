using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>
/// A session that begins before there is any connection: its client comes back with a secret, usually in a cookie, over as many
/// connections as it likes. See docs/PROTOCOLS.md, "react-auth".
/// </summary>
[Alias("Gatehouse.ISessionCookie")]
public interface ISessionCookie : IGrainWithStringKey
{
    /// <summary>
    /// Logs in. The session ends when nobody has come for the idle time (default 1 day), and in any case after its lifetime
    /// (default 7 days).
    /// </summary>
    /// <param name="protocol">The protocol that it speaks.</param>
    /// <param name="address">The client's network address, see <see cref="Caller.Address"/>.</param>
    /// <param name="credentials">Name and password.</param>
    /// <param name="secret">What the client will show when it comes back.</param>
    /// <param name="cancellation">The caller stops waiting for the password to be hashed: it is not logged in.</param>
    /// <returns>The user; refused as by <see cref="ISessionLogin.LogInWithCredentials"/>.</returns>
    [Alias("Open")]
    Task<OpenReply> Open(
        string protocol, string address, Credentials credentials, Secret secret, CancellationToken cancellation = default);

    /// <summary>A client without a connection shows the secret: a sign of life, from which the idle time counts anew.</summary>
    /// <param name="protocol">The protocol that the client speaks.</param>
    /// <param name="secret">The secret.</param>
    /// <returns>The user that the session is logged in as; null when it is not, or the secret is wrong or of another protocol.</returns>
    [Alias("Show")]
    Task<Guid?> Touch(string protocol, Secret secret);

    /// <summary>Uses the session through one more connection, besides those that it has.</summary>
    /// <returns>Null when the session is not logged in, or the secret is wrong or of another protocol.</returns>
    [Alias("Join")]
    Task<JoinReply?> Join(Caller caller, Secret secret);
}
