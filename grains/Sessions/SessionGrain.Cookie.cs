using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Observability;

namespace Gatehouse.Grains.Sessions;

/// <content>How a session begins without a connection: <see cref="ISessionCookie"/>.</content>
public sealed partial class SessionGrain
{
    public async Task<OpenReply> Open(
        string protocol, string address, Credentials credentials, Secret secret, CancellationToken cancellation)
    {
        if (State.Login != LoginState.Undefined) return new OpenReply(Refusal.NotAllowed, default);
        var now = time.GetUtcNow();
        State.Protocol = protocol;
        State.SecretHash = SessionSecret.Hash(secret);
        State.IdleWindow = options.Value.CookieIdle;
        State.EndsAt = now + options.Value.CookieLifetime;
        State.DetachedAt = now;

        var reply = await SignIn(Location, address, credentials, cancellation);
        GrainMeters.LoginAttempted("credentials", reply.Refusal);
        if (reply.SignIn is not { } entered)
        {
            DeactivateOnIdle();
            return new OpenReply(reply.Refusal, default);
        }
        await Commit(SessionEventKind.LoggedIn, entered);
        return new OpenReply(Refusal.None, entered.UserId);
    }

    public async Task<Guid?> Touch(string protocol, Secret secret)
    {
        if (!Admits(protocol, secret) || await ReportLocation() is null) return null;
        if (State.DetachedAt is not null)
        {
            State.DetachedAt = time.GetUtcNow();
            await Save();
        }
        return State.UserId;
    }

    public async Task<JoinReply?> Join(Caller caller, Secret secret)
    {
        if (!Admits(caller.Protocol, secret) || State.UserId is not { } userId) return null;
        Attach(caller);
        if (await RevalidateLogin() is null) await Save();
        return State.Login == LoginState.Undefined ? null : new JoinReply(userId, State.Sequence);
    }
}
