using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Orleans.Storage;

namespace Gatehouse.Grains.Sessions;

/// <content>How the session outlives its connections, and how it ends: <see cref="ISessionConnections"/>.</content>
public sealed partial class SessionGrain
{
    public async Task<ResumeReply> MakeResumable(Caller caller)
    {
        Attach(caller);
        var secret = new Secret(RandomId.NewSecret());
        State.SecretHash = SessionSecret.Hash(secret);
        State.IdleWindow = options.Value.ResumeWindow;
        if (await RevalidateLogin() is null) await Save();
        return new ResumeReply(false, secret, State.Login, State.Sequence, []);
    }

    public Task<Resumable?> FindResumable(Secret secret, long after) =>
        Task.FromResult(CanResume(State.Protocol, secret, after) ? new Resumable(State.Tag ?? "", State.Protocol) : null);

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

    public async Task<ImmutableArray<SessionEvent>> Revalidate(long after, LoginState known)
    {
        await RevalidateLogin();
        if (known != LoginState.Undefined && State.Login == LoginState.Undefined && after >= State.Sequence)
        {
            // The row went, and the activation that knew why was lost before anybody had heard of it.
            State.Sequence = after;
            Outbox.Append(SessionEventKind.LoggedOut);
        }
        return Outbox.After(after);
    }

    public Task Acknowledge(long sequence)
    {
        // Not worth a write of its own: the next one carries it, and a crash before only means that they are sent again.
        Outbox.Acknowledge(sequence);
        return Task.CompletedTask;
    }

    public Task Abandon(Secret secret)
    {
        // Not worth a write of its own: the connection is detached next, and that brings one.
        if (Admits(State.Protocol, secret)) (State.SecretHash, State.IdleWindow) = (null, TimeSpan.Zero);
        return Task.CompletedTask;
    }

    public async Task Detach(string connectionId)
    {
        // The location of a session that waits may not have been reported the first time.
        if (!State.Connections.Remove(connectionId) && State.DetachedAt is null) return;
        try
        {
            if (State.Connections.Count == 0) await LeaveSeat();
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
                // First of all: it is refused when the session goes on in another process, and then its location is not ours to report.
                await Save();
                // Not to be found here with what was true today when it comes back after it was elsewhere.
                if (await ReportLocation() is not null) DeactivateOnIdle();
            }
        }
        catch
        {
            // The gateway repeats it; a session that had forgotten the connection would take it for somebody else's.
            DeactivateOnIdle();
            throw;
        }
    }

    public async Task Expire()
    {
        if (State.Login == LoginState.Undefined || !await GrainFactory.User(State.UserId!.Value).Expire(Id)) return;
        await EndLogin();
        if (State.Connections.Count == 0) DeactivateOnIdle();
    }

    private void Attach(Caller caller)
    {
        State.Connections[caller.ConnectionId] = caller.GatewayId;
        State.Protocol = caller.Protocol;
        State.DetachedAt = null;
        Outbox.CountOnFrom(caller.Seen);
        if (caller.Resume is { } ticket && State.SecretHash is null)
        {
            State.SecretHash = SessionSecret.Hash(ticket.Secret);
            State.Tag = ticket.Tag;
            State.IdleWindow = options.Value.ResumeWindow;
        }
    }

    private async Task<ResumeReply> TryResume(Caller caller, Secret secret, long after)
    {
        if (!CanResume(caller.Protocol, secret, after)) return ResumeReply.Gone;

        State.Connections.Clear();
        Attach(caller);
        Outbox.Acknowledge(after);
        if (await RevalidateLogin() is null) await Save();
        return new ResumeReply(true, secret, State.Login, State.Sequence, Outbox.After(after));
    }

    private bool CanResume(string protocol, Secret secret, long after) => Admits(protocol, secret) && Outbox.HasAllAfter(after);

    /// <summary>
    /// Whether the secret is right, at the protocol that it was given by, and in time even where housekeeping has not come by yet.
    /// </summary>
    private bool Admits(string protocol, Secret secret)
    {
        if (protocol != State.Protocol || !SessionSecret.Matches(State.SecretHash, secret))
        {
            // Somebody may be guessing: an activation that nobody is connected to is not worth keeping.
            if (State.Connections.Count == 0 && State.DetachedAt is null) DeactivateOnIdle();
            return false;
        }
        var now = time.GetUtcNow();
        return !(State.DetachedAt + State.IdleWindow < now) && !(State.EndsAt < now);
    }

    private async Task End()
    {
        if (State.UserId is { } userId) await GrainFactory.User(userId).Forget(Id);
        State.Login = LoginState.Undefined;
        await Save();
        DeactivateOnIdle();
    }
}
