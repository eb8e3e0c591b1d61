using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Observability;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Sessions;

public sealed partial class SessionGrain(
    [PersistentState("session")] IPersistentState<SessionState> stored,
    UserStore users,
    PasswordHashing passwords,
    TimeProvider time,
    IOptions<SessionOptions> options,
    IOptions<RoomOptions> rooms) : Grain, ISessionGrain
{
    private SessionState State => stored.State;

    private string Id => GrainKeys.IdOf(this.GetPrimaryKeyString());

    private SessionLocation Location =>
        new(Id, State.Protocol, [.. State.Connections.Values.Distinct()], State.IdleWindow, State.EndsAt);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        GrainMeters.SessionActivated();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        GrainMeters.SessionDeactivated();
        return Task.CompletedTask;
    }

    public Task<SessionReply> LogInWithCredentials(Caller caller, Credentials credentials) => Enter(
        "credentials", SessionEventKind.LoggedIn, caller, session => CheckCredentials(session, caller.Address, credentials));

    public Task<SessionReply> LogInWithToken(Caller caller, Guid userId, string tokenId) => Enter(
        "token", SessionEventKind.LoggedIn, caller, session => GrainFactory.User(userId).Redeem(tokenId, session));

    public Task<SessionReply> LogInAsGuest(Caller caller) => Enter(
        "guest", SessionEventKind.BecameGuest, caller,
        async session => SignInReply.Of(await GrainFactory.User(Guid.CreateVersion7()).RegisterGuest(session)));

    public Task<SessionReply> Register(Caller caller, Registration registration) => Enter(
        "register", SessionEventKind.Registered, caller, async session =>
        {
            var reply = await GrainFactory.User(Guid.CreateVersion7()).Register(registration, session);
            // The name may be taken by this session itself: an attempt that succeeded, after which the session was not stored.
            return reply.Refusal == Refusal.UsernameTaken && await users.FindByNameAndSession(registration.Username, session.SessionId) is { } userId
                ? await GrainFactory.User(userId).Register(registration, session)
                : reply;
        });

    public async Task<SessionReply> Upgrade(Caller caller, Registration registration)
    {
        if (State.Login != LoginState.Guest) return SessionReply.Refused(Refusal.NotAllowed);
        Attach(caller);
        if (await ReportLocation() is null) return new SessionReply(Refusal.NotAllowed, [await EndLogin()]);

        var refusal = await GrainFactory.User(State.UserId!.Value).Upgrade(registration);
        GrainMeters.LoginAttempted("upgrade", refusal);
        // Not allowed is a guest that was upgraded through another session.
        if (refusal == Refusal.NotAllowed && await Look() is { } changed) return new SessionReply(refusal, [changed]);
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
    private async Task<SessionReply> Enter(
        string method, SessionEventKind kind, Caller caller, Func<SessionLocation, Task<SignInReply>> signIn)
    {
        Attach(caller);
        if (State.Login != LoginState.Undefined) return SessionReply.Refused(Refusal.NotAllowed);

        var reply = await signIn(Location);
        GrainMeters.LoginAttempted(method, reply.Refusal);
        return reply.SignIn is { } entered ? await Commit(kind, entered) : SessionReply.Refused(reply.Refusal);
    }

    private async Task<SignInReply> CheckCredentials(SessionLocation session, string address, Credentials credentials)
    {
        var (refusal, userId) = await Authenticate(address, credentials);
        return refusal == Refusal.None ? await GrainFactory.User(userId).SignIn(session) : SignInReply.Refused(refusal);
    }

    /// <summary>Whose credentials these are, or why that is not told.</summary>
    private async Task<(Refusal Refusal, Guid UserId)> Authenticate(string address, Credentials credentials)
    {
        var guard = GrainFactory.AddressGuard(address);
        if (await guard.IsShut()) return (Refusal.Withheld, default);

        if (await Find(credentials) is not { } userId)
        {
            // Costs a stranger's guess as much as a real account would.
            if (await passwords.Verify(null, credentials.Password) is null) return (Refusal.Withheld, default);
            await guard.RecordFailure();
            return (Refusal.Username, default);
        }

        switch (await GrainFactory.User(userId).CheckPassword(credentials.Password))
        {
            case PasswordCheck.Right:
                return (Refusal.None, userId);
            case PasswordCheck.Wrong:
                await guard.RecordFailure();
                return (Refusal.Password, default);
            default:
                return (Refusal.Withheld, default);
        }
    }

    private Task<Guid?> Find(Credentials credentials) =>
        credentials.IsEmail ? users.FindByEmail(credentials.Login) : users.FindByName(credentials.Login);

    /// <summary>Appends an event, stores the session, and tells the session's other connections.</summary>
    private async Task<SessionReply> Commit(SessionEventKind kind, SignIn? entered = null)
    {
        if (entered is not null)
        {
            State.Login = entered.Kind == UserKind.Guest ? LoginState.Guest : LoginState.User;
            State.UserId = entered.UserId;
            State.UserName = entered.UserName;
            State.TokenId = entered.Token.Id;
        }
        var entry = Append(kind, entered);
        await Save();
        // The caller's connection gets the reply; others are woken, and ask.
        if (State.Connections.Count > 1) await GrainFactory.WakeGateways([Location]);
        return SessionReply.Of(entry);
    }

    private SessionEvent Append(SessionEventKind kind, SignIn? entered = null)
    {
        var entry = new SessionEvent(++State.Sequence, kind, State.Login, State.UserId, State.UserName, entered?.Token);
        State.Outbox.Add(entry);
        if (State.Outbox.Count > options.Value.OutboxLimit) State.Outbox.RemoveAt(0);
        return entry;
    }

    private async Task<SessionEvent> EndLogin()
    {
        await RiseFromSeat();
        State.Seat = null;
        State.Login = LoginState.Undefined;
        State.UserId = null;
        State.UserName = null;
        State.TokenId = null;
        var entry = Append(SessionEventKind.LoggedOut);
        await Save();
        await GrainFactory.WakeGateways([Location]);
        return entry;
    }

    /// <summary>Brings the row in line: there is one exactly while the session is logged in.</summary>
    private async Task Save()
    {
        try
        {
            if (State.Login != LoginState.Undefined)
            {
                await stored.WriteStateAsync();
            }
            else if (stored.RecordExists)
            {
                var state = State;
                await stored.ClearStateAsync();
                stored.State = state;
            }
        }
        catch
        {
            // What is in memory was promised to nobody; the next activation starts from the row.
            DeactivateOnIdle();
            throw;
        }
    }
}
