using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Observability;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Gatehouse.Grains.Sessions;

/// <remarks>Each role of <see cref="ISessionGrain"/> is in a file of its own; here is what they have in common.</remarks>
public sealed partial class SessionGrain(
    [PersistentState("session")] IPersistentState<SessionState> stored,
    Authenticator authenticator,
    NicknamePolicy nicknames,
    UserStore users,
    GuestStore guests,
    TimeProvider time,
    IOptions<SessionOptions> options) : Grain, ISessionGrain
{
    private SessionState State => stored.State;

    private Outbox Outbox => new(State, options.Value.OutboxLimit);

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

    /// <summary>What has become of the login: revoked, or its guest upgraded by another session. Null when neither.</summary>
    private async Task<SessionEvent?> RevalidateLogin()
    {
        if (State.Login == LoginState.Undefined || State.Connections.Count == 0) return null;
        if (await ReportLocation() is not { } user)
        {
            var isBanned = await users.Find(State.UserId!.Value) is { IsBanned: true };
            return await EndLogin(isBanned);
        }
        if (State.Login == LoginState.User || user.Kind == UserKind.Guest) return null;
        State.Login = LoginState.User;
        State.UserName = user.UserName;
        return (await Commit(SessionEventKind.BecameUser)).Events[0];
    }

    /// <summary>Tells the user where the session is now; null when it is not logged in, or not any more.</summary>
    private async Task<LocationReply?> ReportLocation() =>
        State.UserId is { } userId ? await GrainFactory.User(userId).ReportLocation(Location) : null;

    /// <summary>Appends an event and stores the session.</summary>
    private async Task<SessionReply> Commit(SessionEventKind kind, SignIn? entered = null)
    {
        var entry = entered is null ? Outbox.Append(kind) : Become(entered, kind);
        await Save();
        return SessionReply.Of(entry);
    }

    /// <summary>The session is logged in as somebody, as soon as it is stored.</summary>
    private SessionEvent Become(SignIn entered, SessionEventKind kind)
    {
        State.Login = entered.Kind == UserKind.Guest ? LoginState.Guest : LoginState.User;
        State.UserId = entered.UserId;
        State.UserName = entered.UserName;
        State.TokenId = entered.Token.Id;
        return Outbox.Append(kind, entered.Token);
    }

    private async Task<SessionEvent> EndLogin(bool isBanned = false)
    {
        await LeaveSeat();
        State.Seat = null;
        State.Login = LoginState.Undefined;
        State.UserId = null;
        State.UserName = null;
        State.TokenId = null;
        var entry = Outbox.Append(SessionEventKind.LoggedOut, isBanned: isBanned);
        await Save();
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
