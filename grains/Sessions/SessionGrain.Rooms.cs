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
        await EndIfRevoked();

        Guid? userId = null;
        SessionSeat seat;
        if (await FindNickname(credentials) is { } nickname)
        {
            seat = new SessionSeat(name, MemberKey.OfGuest(AccountText.Key(nickname)), nickname, IsAdministrator: false);
        }
        else
        {
            (var refusal, userId) = await Authenticate(caller.Address, credentials);
            if (refusal != Refusal.None) return RoomEntry.Refused(refusal);
            if (await GrainFactory.User(userId.Value).GetDetails() is not { } user) return RoomEntry.Refused(Refusal.Username);
            seat = new SessionSeat(name, MemberKey.OfUser(user.Id), user.Name, user.Permissions.Contains(Permission.Admin));
        }

        // Before it becomes somebody else: whoever is banned stays who and where they were.
        var join = await Join(seat, caller.GatewayId);
        if (join.Refusal != Refusal.None) return RoomEntry.Refused(join.Refusal);
        if (await Become(userId) is var refused and not Refusal.None)
        {
            await GrainFactory.Room(name).Leave(Id);
            return RoomEntry.Refused(refused);
        }
        if (State.Seat is { } former && former.Room != name) await GrainFactory.Room(former.Room).Leave(Id);
        State.Seat = seat;
        await Save();
        return Entry(seat, caller.GatewayId, join);
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

    /// <summary>Logs in as a user, or as a guest when there is none, unless the session is that already.</summary>
    private async Task<Refusal> Become(Guid? userId)
    {
        if (userId is null ? State.Login == LoginState.Guest : State.UserId == userId) return Refusal.None;
        var reply = userId is { } id
            ? await GrainFactory.User(id).SignIn(Location)
            : SignInReply.Of(await GrainFactory.User(Guid.CreateVersion7()).RegisterGuest(Location));
        if (reply.SignIn is { } entered)
        {
            await Commit(userId is null ? SessionEventKind.BecameGuest : SessionEventKind.LoggedIn, entered);
        }
        return reply.Refusal;
    }

    private Task<RoomJoin> Join(SessionSeat seat, string gatewayId) => GrainFactory.Room(seat.Room).Join(Member(seat, gatewayId));

    private RoomEntry Entry(SessionSeat seat, string gatewayId, RoomJoin join) =>
        new(Refusal.None, seat.Room, Member(seat, gatewayId), join);

    private RoomMember Member(SessionSeat seat, string gatewayId) =>
        new(Id, gatewayId, seat.MemberKey, seat.MemberName, seat.IsAdministrator);

    /// <summary>The room sees the session no more. It may still come back to it.</summary>
    private Task RiseFromSeat() => State.Seat is { } seat ? GrainFactory.Room(seat.Room).Leave(Id) : Task.CompletedTask;
}
