using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Sessions;

/// <content>The room that the session is in: <see cref="ISessionRoom"/>.</content>
public sealed partial class SessionGrain
{
    public async Task<RoomEntry> EnterRoom(Caller caller, Credentials credentials, string room, CancellationToken cancellation)
    {
        Attach(caller);
        if (RoomName.Of(room) is not { } name) return RoomEntry.Refused(Refusal.Room);
        await RevalidateLogin();

        if (await nicknames.FindNickname(credentials) is { } nickname)
        {
            return await Enter(
                caller, SessionSeat.OfGuest(nickname, name), State.Login == LoginState.Guest ? null : RegisterGuest);
        }
        var (refusal, userId, version) = await authenticator.Authenticate(caller.Address, credentials, cancellation);
        if (refusal != Refusal.None) return RoomEntry.Refused(refusal);
        if (await FindSeat(userId, name) is not { } seat) return RoomEntry.Refused(Refusal.Username);
        return await Enter(caller, seat, State.UserId == userId ? null : session => GrainFactory.User(userId).SignIn(session, version));
    }

    public async Task<RoomEntry> EnterRoomByToken(Caller caller, Guid userId, string tokenId, string room)
    {
        Attach(caller);
        if (RoomName.Of(room) is not { } name) return RoomEntry.Refused(Refusal.Room);
        await RevalidateLogin();

        if (await FindSeat(userId, name) is not { } seat) return RoomEntry.Refused(Refusal.Token);
        var entry = await Enter(caller, seat, session => GrainFactory.User(userId).Redeem(tokenId, session));
        return entry.Refusal == Refusal.None ? entry with { Token = State.Outbox[^1].Token } : entry;
    }

    public async Task<RoomEntry?> ReturnToRoom(Caller caller)
    {
        if (State.Seat is not { } seat || State.Login == LoginState.Undefined) return null;
        var join = await Join(seat, caller.GatewayId);
        return join.Refusal == Refusal.None ? Entry(seat, caller.GatewayId, join) : RoomEntry.Refused(join.Refusal);
    }

    public async Task LeaveRoom()
    {
        if (State.Seat is null) return;
        await LeaveSeat();
        State.Seat = null;
        await Save();
    }

    /// <summary>A user's seat; null when there is no such user any more, or it is banned.</summary>
    private async Task<SessionSeat?> FindSeat(Guid userId, string room) =>
        await GrainFactory.User(userId).GetDetails() is { IsBanned: false } user ? SessionSeat.OfUser(user, room) : null;

    /// <summary>Takes a seat, and logs in as whoever it is for.</summary>
    /// <param name="caller">The connection.</param>
    /// <param name="seat">The seat.</param>
    /// <param name="signIn">The way to log in; null when the session is logged in as them already.</param>
    private async Task<RoomEntry> Enter(Caller caller, SessionSeat seat, Func<SessionLocation, Task<SignInReply>>? signIn)
    {
        // Before it becomes somebody else: whoever is banned stays who and where they were.
        var join = await Join(seat, caller.GatewayId);
        if (join.Refusal != Refusal.None) return RoomEntry.Refused(join.Refusal);
        if (signIn is not null)
        {
            var reply = await signIn(Location);
            if (reply.SignIn is not { } entered)
            {
                if (State.Seat is { } kept && kept.Room == seat.Room) await Join(kept, caller.GatewayId);
                else await GrainFactory.Room(seat.Room).Leave(Id);
                return RoomEntry.Refused(reply.Refusal);
            }
            Become(entered, entered.Kind == UserKind.Guest ? SessionEventKind.BecameGuest : SessionEventKind.LoggedIn);
        }
        var former = State.Seat;
        State.Seat = seat with { Entry = RandomId.New(), Since = join.Sequence };
        await Save();
        // A room that does not hear of it finds out by itself: the gateway will not name the session any more.
        if (former is not null && former.Room != seat.Room) await GrainFactory.Room(former.Room).Leave(Id);
        return Entry(State.Seat, caller.GatewayId, join);
    }

    private Task<RoomJoin> Join(SessionSeat seat, string gatewayId) =>
        GrainFactory.Room(seat.Room).Join(seat.Member(Id, gatewayId));

    private RoomEntry Entry(SessionSeat seat, string gatewayId, RoomJoin join) =>
        new(Refusal.None, seat.Room, seat.Member(Id, gatewayId), join, Id: seat.Entry, Since: seat.Since);

    /// <summary>The room sees the session no more. It may still come back to it.</summary>
    private Task LeaveSeat() => State.Seat is { } seat ? GrainFactory.Room(seat.Room).Leave(Id) : Task.CompletedTask;
}
