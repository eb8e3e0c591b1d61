using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Observability;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Sessions;

public sealed class SessionGrain(
    [PersistentState("session")] IPersistentState<SessionState> stored,
    UserStore users,
    PasswordHashing passwords,
    TimeProvider time,
    IOptions<SessionOptions> options) : Grain, ISessionGrain
{
    private SessionState State => stored.State;

    private string Id => GrainKeys.IdOf(this.GetPrimaryKeyString());

    private SessionLocation Location =>
        new(Id, State.Protocol, [.. State.Connections.Values.Distinct()], State.IdleWindow);

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
        "credentials", SessionEventKind.LoggedIn, caller, async session =>
        {
            var guard = GrainFactory.AddressGuard(caller.Address);
            if (await guard.IsShut()) return SignInReply.Refused(Refusal.Withheld);

            var name = AccountText.Name(credentials.Username);
            var userId = name is null ? null : await users.FindByName(AccountText.Key(name));
            if (userId is null)
            {
                // Costs a stranger's guess as much as a real account would.
                if (await passwords.Verify(null, credentials.Password) is null) return SignInReply.Refused(Refusal.Withheld);
                await guard.RecordFailure();
                return SignInReply.Refused(Refusal.Username);
            }

            var user = GrainFactory.User(userId.Value);
            switch (await user.CheckPassword(credentials.Password))
            {
                case PasswordCheck.Right:
                    return await user.SignIn(session);
                case PasswordCheck.Wrong:
                    await guard.RecordFailure();
                    return SignInReply.Refused(Refusal.Password);
                default:
                    return SignInReply.Refused(Refusal.Withheld);
            }
        });

    public Task<SessionReply> LogInWithToken(Caller caller, Guid userId, string tokenId) => Enter(
        "token", SessionEventKind.LoggedIn, caller, session => GrainFactory.User(userId).Redeem(tokenId, session));

    public Task<SessionReply> LogInAsGuest(Caller caller) => Enter(
        "guest", SessionEventKind.BecameGuest, caller,
        async session => SignInReply.Of(await GrainFactory.User(Guid.CreateVersion7()).RegisterGuest(session)));

    public Task<SessionReply> Register(Caller caller, Registration registration) => Enter(
        "register", SessionEventKind.Registered, caller,
        session => GrainFactory.User(Guid.CreateVersion7()).Register(registration, session));

    public async Task<SessionReply> Upgrade(Caller caller, Registration registration)
    {
        if (State.Login != LoginState.Guest) return SessionReply.Refused(Refusal.NotAllowed);
        Attach(caller);
        if (await EndIfRevoked() is { } ended) return new SessionReply(Refusal.NotAllowed, [ended]);

        var refusal = await GrainFactory.User(State.UserId!.Value).Upgrade(registration);
        GrainMeters.LoginAttempted("upgrade", refusal);
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

    public async Task<ResumeReply> MakeResumable(Caller caller)
    {
        Attach(caller);
        var secret = RandomId.NewSecret();
        State.SecretHash = Hash(secret);
        State.IdleWindow = options.Value.ResumeWindow;
        if (await EndIfRevoked() is null) await Save();
        return new ResumeReply(false, new Secret(secret), State.Login, State.Sequence, []);
    }

    public async Task<ResumeReply> Resume(Caller caller, Secret secret, long after)
    {
        if (State.SecretHash is null || !CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(State.SecretHash), Encoding.ASCII.GetBytes(Hash(secret.Value))))
        {
            // Somebody may be guessing: an activation that nobody is connected to is not worth keeping.
            if (State.Connections.Count == 0 && State.DetachedAt is null) DeactivateOnIdle();
            return ResumeReply.Gone;
        }
        var oldest = State.Sequence - State.Outbox.Count;
        if (after < oldest || after > State.Sequence) return ResumeReply.Gone;
        // Too late, even if housekeeping has not come by yet.
        if (State.DetachedAt + State.IdleWindow < time.GetUtcNow()) return ResumeReply.Gone;

        State.Connections.Clear();
        Attach(caller);
        Forget(after);
        if (await EndIfRevoked() is null) await Save();
        return new ResumeReply(true, secret, State.Login, State.Sequence, [.. State.Outbox]);
    }

    public async Task<ImmutableArray<SessionEvent>> Refresh(long after)
    {
        await EndIfRevoked();
        return [.. State.Outbox.Where(entry => entry.Sequence > after)];
    }

    public async Task Expire()
    {
        if (State.Login == LoginState.Undefined || !await GrainFactory.User(State.UserId!.Value).Expire(Id)) return;
        await EndLogin();
        if (State.Connections.Count == 0) DeactivateOnIdle();
    }

    public Task Acknowledge(long sequence)
    {
        // Not worth a write of its own: the next one carries it, and a crash before only means that they are sent again.
        Forget(sequence);
        return Task.CompletedTask;
    }

    public async Task Detach(string connectionId)
    {
        if (!State.Connections.Remove(connectionId)) return;
        try
        {
            if (State.Connections.Count > 0)
            {
                await Place();
            }
            else if (State.IdleWindow == TimeSpan.Zero)
            {
                await End();
            }
            else
            {
                // From now on only housekeeping ends it, unless its client comes back.
                State.DetachedAt = time.GetUtcNow();
                if (await Place()) await Save();
            }
        }
        catch
        {
            // The farewell is repeated; a session that had forgotten the connection would take it for somebody else's.
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>What every way of logging in has in common.</summary>
    private async Task<SessionReply> Enter(
        string method, SessionEventKind kind, Caller caller, Func<SessionLocation, Task<SignInReply>> signIn)
    {
        Attach(caller);
        if (State.Login != LoginState.Undefined) return SessionReply.Refused(Refusal.NotAllowed);

        var reply = await signIn(Location);
        GrainMeters.LoginAttempted(method, reply.Refusal);
        if (reply.SignIn is not { } entered) return SessionReply.Refused(reply.Refusal);

        State.Login = entered.Kind == UserKind.Guest ? LoginState.Guest : LoginState.User;
        State.UserId = entered.UserId;
        State.UserName = entered.UserName;
        State.TokenId = entered.Token.Id;
        return await Commit(kind, entered);
    }

    private void Attach(Caller caller)
    {
        State.Connections[caller.ConnectionId] = caller.GatewayId;
        State.Protocol = caller.Protocol;
        State.DetachedAt = null;
    }

    /// <summary>Appends an event, stores the session, and tells the session's other connections.</summary>
    private async Task<SessionReply> Commit(SessionEventKind kind, SignIn? entered = null)
    {
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

    private async Task<SessionEvent?> EndIfRevoked()
    {
        if (State.Login == LoginState.Undefined || State.Connections.Count == 0) return null;
        return await Place() ? null : await EndLogin();
    }

    /// <summary>Tells the user where the session is now; false when it is not logged in, or not any more.</summary>
    private async Task<bool> Place() => State.UserId is { } userId && await GrainFactory.User(userId).Place(Location);

    private async Task<SessionEvent> EndLogin()
    {
        State.Login = LoginState.Undefined;
        State.UserId = null;
        State.UserName = null;
        State.TokenId = null;
        var entry = Append(SessionEventKind.LoggedOut);
        await Save();
        await GrainFactory.WakeGateways([Location]);
        return entry;
    }

    private async Task End()
    {
        if (State.UserId is { } userId) await GrainFactory.User(userId).Forget(Id);
        State.Login = LoginState.Undefined;
        await Save();
        DeactivateOnIdle();
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

    private void Forget(long upTo) => State.Outbox.RemoveAll(entry => entry.Sequence <= upTo);

    private static string Hash(string secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
