using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Rooms;

namespace Gatehouse.Grains.Sessions;

/// <content>The room that the session is in.</content>
public sealed partial class SessionGrain
{
    public async Task<RoomEntry> EnterRoom(Caller caller, Credentials credentials, string room)
    {
        Attach(caller);
        if (RoomName.Of(room) is not { } name) return RoomEntry.Refused(Refusal.Room);
        await Look();

        if (await FindNickname(credentials) is { } nickname)
        {
            if (State.Login != LoginState.Guest) await BecomeGuest();
            return await Enter(caller, new SessionSeat(name, MemberKey.OfGuest(AccountText.Key(nickname)), nickname, IsAdministrator: false));
        }
        var (refusal, userId) = await Authenticate(caller.Address, credentials);
        if (refusal == Refusal.None && State.UserId != userId) refusal = await SignIn(GrainFactory.User(userId).SignIn);
        return refusal == Refusal.None ? await Enter(caller, await Seat(name)) : RoomEntry.Refused(refusal);
    }

    public async Task<RoomEntry> EnterRoomByToken(Caller caller, Guid userId, string tokenId, string room)
    {
        Attach(caller);
        if (RoomName.Of(room) is not { } name) return RoomEntry.Refused(Refusal.Room);
        await Look();

        var refusal = await SignIn(session => GrainFactory.User(userId).Redeem(tokenId, session));
        return refusal == Refusal.None
            ? await Enter(caller, await Seat(name)) with { Token = State.Outbox[^1].Token }
            : RoomEntry.Refused(refusal);
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
        await RiseFromSeat();
        State.Seat = null;
        await Save();
    }

    /// <summary>The name of a guest without account, where such may enter; null for everybody else.</summary>
    private async Task<string?> FindNickname(Credentials credentials) =>
        rooms.Value.Open && AccountText.Name(credentials.Login) is { } name && await Find(credentials) is null ? name : null;

    private async Task<Refusal> SignIn(Func<SessionLocation, Task<SignInReply>> signIn)
    {
        var reply = await signIn(Location);
        if (reply.SignIn is { } entered) await Commit(SessionEventKind.LoggedIn, entered);
        return reply.Refusal;
    }

    private async Task BecomeGuest() => await Commit(
        SessionEventKind.BecameGuest, await GrainFactory.User(Guid.CreateVersion7()).RegisterGuest(Location));

    /// <summary>The seat of the user that the session is logged in as.</summary>
    private async Task<SessionSeat> Seat(string room)
    {
        var details = await GrainFactory.User(State.UserId!.Value).GetDetails();
        var isAdministrator = details?.Permissions.Contains(Permission.Admin) == true;
        return new SessionSeat(room, MemberKey.OfUser(State.UserId.Value), State.UserName!, isAdministrator);
    }

    private async Task<RoomEntry> Enter(Caller caller, SessionSeat seat)
    {
        var join = await Join(seat, caller.GatewayId);
        if (join.Refusal != Refusal.None) return RoomEntry.Refused(join.Refusal);
        if (State.Seat is { } former && former.Room != seat.Room) await GrainFactory.Room(former.Room).Leave(Id);
        State.Seat = seat;
        await Save();
        return Entry(seat, caller.GatewayId, join);
    }

    private Task<RoomJoin> Join(SessionSeat seat, string gatewayId) => GrainFactory.Room(seat.Room).Join(Member(seat, gatewayId));

    private RoomEntry Entry(SessionSeat seat, string gatewayId, RoomJoin join) =>
        new(Refusal.None, seat.Room, Member(seat, gatewayId), join);

    private RoomMember Member(SessionSeat seat, string gatewayId) =>
        new(Id, gatewayId, seat.MemberKey, seat.MemberName, seat.IsAdministrator);

    /// <summary>The room sees the session no more. It may still come back to it.</summary>
    private Task RiseFromSeat() => State.Seat is { } seat ? GrainFactory.Room(seat.Room).Leave(Id) : Task.CompletedTask;
}
