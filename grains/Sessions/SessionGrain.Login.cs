using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Observability;

namespace Gatehouse.Grains.Sessions;

/// <content>Who the session is logged in as: <see cref="ISessionLogin"/>.</content>
public sealed partial class SessionGrain
{
    public Task<SessionReply> LogInWithCredentials(Caller caller, Credentials credentials, CancellationToken cancellation) => LogIn(
        "credentials", SessionEventKind.LoggedIn, caller, session => SignIn(session, caller.Address, credentials, cancellation));

    public Task<SessionReply> LogInWithToken(Caller caller, Guid userId, string tokenId) => LogIn(
        "token", SessionEventKind.LoggedIn, caller, session => GrainFactory.User(userId).Redeem(tokenId, session));

    public Task<SessionReply> LogInAsGuest(Caller caller) => LogIn("guest", SessionEventKind.BecameGuest, caller, RegisterGuest);

    public Task<SessionReply> Register(Caller caller, Registration registration, CancellationToken cancellation) => LogIn(
        "register", SessionEventKind.Registered, caller, async session =>
        {
            var reply = await GrainFactory.User(Guid.CreateVersion7()).Register(registration, session, cancellation);
            // The name may be taken by this session itself: an attempt that succeeded, after which the session was not stored.
            return reply.Refusal == Refusal.UsernameTaken
                && await users.FindByNameAndSession(registration.Username, session.SessionId) is { } userId
                ? await GrainFactory.User(userId).Register(registration, session, cancellation)
                : reply;
        });

    public async Task<SessionReply> Upgrade(Caller caller, Registration registration, CancellationToken cancellation)
    {
        if (State.Login != LoginState.Guest) return AnswerAgain(SessionEventKind.Upgraded, caller);
        Attach(caller);
        if (await ReportLocation() is null) return new SessionReply(Refusal.NotAllowed, [await EndLogin()]);

        var refusal = await GrainFactory.User(State.UserId!.Value).Upgrade(registration, cancellation);
        GrainMeters.LoginAttempted("upgrade", refusal);
        // Not allowed is a guest that was upgraded through another session.
        if (refusal == Refusal.NotAllowed && await RevalidateLogin() is { } changed) return new SessionReply(refusal, [changed]);
        if (refusal != Refusal.None) return SessionReply.Refused(refusal);

        State.Login = LoginState.User;
        State.UserName = AccountText.Name(registration.Username);
        return await Commit(SessionEventKind.Upgraded);
    }

    public async Task<SessionReply> LogOut(Caller caller)
    {
        if (State.Login == LoginState.Undefined) return SessionReply.Refused(Refusal.NotAllowed);
        Attach(caller);
        await GrainFactory.User(State.UserId!.Value).Revoke(State.TokenId!);
        return SessionReply.Of(await EndLogin());
    }

    public Task<LoginState> GetState() => Task.FromResult(State.Login);

    /// <summary>What every way of logging in has in common.</summary>
    private async Task<SessionReply> LogIn(
        string method, SessionEventKind kind, Caller caller, Func<SessionLocation, Task<SignInReply>> signIn)
    {
        Attach(caller);
        if (State.Login != LoginState.Undefined) return AnswerAgain(kind, caller);

        var reply = await signIn(Location);
        GrainMeters.LoginAttempted(method, reply.Refusal);
        return reply.SignIn is { } entered ? await Commit(kind, entered) : SessionReply.Refused(reply.Refusal);
    }

    /// <summary>What is not allowed now may be what was just done: then the caller has not heard of it, and asks again for that reason.</summary>
    private SessionReply AnswerAgain(SessionEventKind kind, Caller caller) =>
        RepeatedCall.IsBeingHandled && Outbox.After(caller.Seen) is [.., var last] && last.Kind == kind
            ? SessionReply.Of(last)
            : SessionReply.Refused(Refusal.NotAllowed);

    private async Task<SignInReply> SignIn(
        SessionLocation session, string address, Credentials credentials, CancellationToken cancellation)
    {
        var (refusal, userId, version) = await authenticator.Authenticate(address, credentials, cancellation);
        return refusal == Refusal.None ? await GrainFactory.User(userId).SignIn(session, version) : SignInReply.Refused(refusal);
    }

    private async Task<SignInReply> RegisterGuest(SessionLocation session) =>
        SignInReply.Of(await guests.Register(session));
}
