using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Observability;
using Orleans.Storage;

namespace Gatehouse.Grains.Sessions;

/// <content>How a session outlives its connections, and how it ends.</content>
public sealed partial class SessionGrain
{
    public async Task<ResumeReply> MakeResumable(Caller caller)
    {
        Attach(caller);
        var secret = RandomId.NewSecret();
        State.SecretHash = Hash(secret);
        State.IdleWindow = options.Value.ResumeWindow;
        if (await Look() is null) await Save();
        return new ResumeReply(false, new Secret(secret), State.Login, State.Sequence, []);
    }

    public Task<Resumable?> FindResumable(Secret secret, long after) =>
        Task.FromResult(CanResume(secret, after) ? new Resumable(State.Tag ?? "", State.Protocol) : null);

    public async Task<ResumeReply> Resume(Caller caller, Secret secret, long after)
    {
        try
        {
            return await TryResume(caller, secret, after);
        }
        catch (InconsistentStateException)
        {
            // The process that the client was on has just written that it is gone: as it stops, everybody comes here at once.
            await stored.ReadStateAsync();
            return await TryResume(caller, secret, after);
        }
    }

    public async Task<ImmutableArray<SessionEvent>> Refresh(long after)
    {
        await Look();
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

    public Task Abandon(Secret secret)
    {
        // Not worth a write of its own: the connection's farewell follows, and brings one.
        if (Admits(secret)) (State.SecretHash, State.IdleWindow) = (null, TimeSpan.Zero);
        return Task.CompletedTask;
    }

    public async Task Detach(string connectionId)
    {
        // Where a session is that waits may have gone unsaid the first time.
        if (!State.Connections.Remove(connectionId) && State.DetachedAt is null) return;
        try
        {
            if (State.Connections.Count == 0) await RiseFromSeat();
            if (State.Connections.Count > 0)
            {
                await ReportLocation();
            }
            else if (State.IdleWindow == TimeSpan.Zero)
            {
                await End();
            }
            else
            {
                // From now on only housekeeping ends it, unless its client comes back.
                State.DetachedAt ??= time.GetUtcNow();
                // First of all: it is refused when the session goes on in another process, and then its place is not ours to tell.
                await Save();
                // Not to be found here with what was true today when it comes back after it was elsewhere.
                if (await ReportLocation() is not null) DeactivateOnIdle();
            }
        }
        catch
        {
            // The farewell is repeated; a session that had forgotten the connection would take it for somebody else's.
            DeactivateOnIdle();
            throw;
        }
    }

    public async Task<OpenReply> Open(string protocol, string address, Credentials credentials)
    {
        if (State.Login != LoginState.Undefined) return new OpenReply(Refusal.NotAllowed, default, default);
        var now = time.GetUtcNow();
        var secret = RandomId.NewSecret();
        State.Protocol = protocol;
        State.SecretHash = Hash(secret);
        State.IdleWindow = options.Value.CookieIdle;
        State.EndsAt = now + options.Value.CookieLifetime;
        State.DetachedAt = now;

        var reply = await CheckCredentials(Location, address, credentials);
        GrainMeters.LoginAttempted("credentials", reply.Refusal);
        if (reply.SignIn is not { } entered)
        {
            DeactivateOnIdle();
            return new OpenReply(reply.Refusal, default, default);
        }
        await Commit(SessionEventKind.LoggedIn, entered);
        return new OpenReply(Refusal.None, new Secret(secret), entered.UserId);
    }

    public async Task<Guid?> Show(Secret secret)
    {
        if (!Admits(secret) || await ReportLocation() is null) return null;
        if (State.DetachedAt is not null)
        {
            State.DetachedAt = time.GetUtcNow();
            await Save();
        }
        return State.UserId;
    }

    public async Task<JoinReply?> Join(Caller caller, Secret secret)
    {
        if (!Admits(secret) || State.UserId is not { } userId) return null;
        Attach(caller);
        if (await Look() is null) await Save();
        return State.Login == LoginState.Undefined ? null : new JoinReply(userId, State.Sequence);
    }

    private void Attach(Caller caller)
    {
        State.Connections[caller.ConnectionId] = caller.GatewayId;
        State.Protocol = caller.Protocol;
        State.DetachedAt = null;
        if (State.Sequence == 0) State.Sequence = caller.Seen;
        if (caller.Resume is { } ticket && State.SecretHash is null)
        {
            State.SecretHash = Hash(ticket.Secret.Value);
            State.Tag = ticket.Tag;
            State.IdleWindow = options.Value.ResumeWindow;
        }
    }

    private async Task<ResumeReply> TryResume(Caller caller, Secret secret, long after)
    {
        if (!CanResume(secret, after)) return ResumeReply.Gone;

        State.Connections.Clear();
        Attach(caller);
        Forget(after);
        if (await Look() is null) await Save();
        return new ResumeReply(true, secret, State.Login, State.Sequence, [.. State.Outbox]);
    }

    private bool CanResume(Secret secret, long after) =>
        Admits(secret) && after >= State.Sequence - State.Outbox.Count && after <= State.Sequence;

    /// <summary>Whether the secret is right, and in time even where housekeeping has not come by yet.</summary>
    private bool Admits(Secret secret)
    {
        if (State.SecretHash is null || !CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(State.SecretHash), Encoding.ASCII.GetBytes(Hash(secret.Value ?? ""))))
        {
            // Somebody may be guessing: an activation that nobody is connected to is not worth keeping.
            if (State.Connections.Count == 0 && State.DetachedAt is null) DeactivateOnIdle();
            return false;
        }
        var now = time.GetUtcNow();
        return !(State.DetachedAt + State.IdleWindow < now) && !(State.EndsAt < now);
    }

    /// <summary>Looks what has become of the login: revoked, or its guest upgraded by another session. Null when neither.</summary>
    private async Task<SessionEvent?> Look()
    {
        if (State.Login == LoginState.Undefined || State.Connections.Count == 0) return null;
        if (await ReportLocation() is not { } user) return await EndLogin();
        if (State.Login == LoginState.User || user.Kind == UserKind.Guest) return null;
        State.Login = LoginState.User;
        State.UserName = user.UserName;
        return (await Commit(SessionEventKind.BecameUser)).Events[0];
    }

    /// <summary>Tells the user where the session is now; null when it is not logged in, or not any more.</summary>
    private async Task<LocationReply?> ReportLocation() =>
        State.UserId is { } userId ? await GrainFactory.User(userId).ReportLocation(Location) : null;

    private async Task End()
    {
        if (State.UserId is { } userId) await GrainFactory.User(userId).Forget(Id);
        State.Login = LoginState.Undefined;
        await Save();
        DeactivateOnIdle();
    }

    private void Forget(long upTo) => State.Outbox.RemoveAll(entry => entry.Sequence <= upTo);

    private static string Hash(string secret) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
