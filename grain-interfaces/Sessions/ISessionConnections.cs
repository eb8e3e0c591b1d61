using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Sessions;

/// <summary>A session as what outlives the connections that it is used through. A command attaches its caller's connection.</summary>
[Alias("Gatehouse.ISessionConnections")]
public interface ISessionConnections : IGrainWithStringKey
{
    /// <summary>
    /// From now on the session outlives its last connection by the resume window (default 2 minutes), for whoever shows the
    /// secret that this returns. A new call makes a new secret.
    /// </summary>
    [Alias("MakeResumable")]
    Task<ResumeReply> MakeResumable(Caller caller);

    /// <summary>Whether <see cref="Resume"/> would succeed now.</summary>
    /// <returns>Null when it would not.</returns>
    [Alias("FindResumable")]
    Task<Resumable?> FindResumable(Secret secret, long after);

    /// <summary>Goes on with this session on another connection, which takes the place of the earlier ones.</summary>
    /// <param name="caller">The new connection; it speaks the protocol that the session was begun in.</param>
    /// <param name="secret">What <see cref="MakeResumable"/> or the last resume returned.</param>
    /// <param name="after">The newest sequence number that the client has seen; 0 or more.</param>
    /// <returns>Recovered with the missed events, or <see cref="ResumeReply.Gone"/>.</returns>
    [Alias("Resume")]
    Task<ResumeReply> Resume(Caller caller, Secret secret, long after);

    /// <summary>
    /// What a gateway does when it was woken: has the session check whether its login still holds, and whether its guest was
    /// upgraded through another session.
    /// </summary>
    /// <param name="after">The newest sequence number that the caller has seen.</param>
    /// <param name="known">What the session is, as far as the caller knows.</param>
    /// <returns>
    /// The events after <paramref name="after"/>, in order; they stay in the outbox. That the login has ended is among them whenever the caller
    /// takes the session for logged in and it is not, however that went unheard.
    /// </returns>
    [Alias("Refresh")]
    Task<ImmutableArray<SessionEvent>> Revalidate(long after, LoginState known);

    /// <summary>The client has seen every event up to <paramref name="sequence"/>; they leave the outbox.</summary>
    [Alias("Acknowledge")]
    Task Acknowledge(long sequence);

    /// <summary>
    /// The client will not come back: nobody can resume the session any more, and it ends with its last connection. Does nothing
    /// when the secret is wrong.
    /// </summary>
    [Alias("Abandon")]
    Task Abandon(Secret secret);

    /// <summary>
    /// The connection is gone. After the last one a resumable session waits for the resume window, any other ends at once.
    /// Repeating it, or naming an unknown connection, does nothing.
    /// </summary>
    [Alias("Detach")]
    Task Detach(string connectionId);

    /// <summary>Housekeeping found that the session's time is over: it ends, unless its client has come back meanwhile.</summary>
    [Alias("Expire")]
    Task Expire();
}
