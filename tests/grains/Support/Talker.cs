using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Accounts;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>A member of a room, as its gateway speaks for it: a guest, unless it has a user's key.</summary>
internal sealed class Talker(House house, string room, string gatewayId, string name, string? key = null)
{
    /// <summary>An administrator of the service, who is not in the room yet.</summary>
    public static async Task<Talker> NewAdministrator(House house, string room, string gatewayId)
    {
        var (device, person) = (house.NewDevice(), Person.New());
        var registered = await device.Register(person with { Name = "Root " + person.Name }).Succeeds();
        await house.Database.Execute("UPDATE users SET permissions = '{admin}' WHERE id = $1", registered.UserId!.Value);
        return new Talker(house, room, gatewayId, registered.UserName!, registered.UserId.Value.ToString("D"));
    }

    public RoomMember Member { get; } =
        new(RandomId.New(), gatewayId, key ?? "~" + AccountText.Key(name), name);

    public string SessionId => Member.SessionId;

    /// <summary>Asked for anew each time, because the house may have been restarted.</summary>
    public IRoomGrain Room => house.Grains.Room(room);

    public Task<RoomJoin> Join() => Room.Join(Member).InTime();

    public Task Leave() => Room.Leave(SessionId).InTime();

    /// <summary>Posts as if by a gateway of its own, so that everybody else is pushed to.</summary>
    public async Task<PostReply> Post(string text) =>
        Assert.Single((await Room.Post(RandomId.New(), [new Posting(SessionId, Encoding.UTF8.GetBytes(Body(text)))]).InTime()).Replies);

    /// <summary>Posts, and it must be taken; returns the message's number.</summary>
    public async Task<long> Says(string text)
    {
        var reply = await Post(text);
        Assert.Equal(PostOutcome.Posted, reply.Outcome);
        return reply.Sequence;
    }

    public Task<ModerationOutcome> Does(
        ModerationKind kind, Talker to, TimeSpan duration = default, string reason = "", RoomLevel level = RoomLevel.User) =>
        Room.Moderate(SessionId, new Moderation(kind, to.Member.Name, duration, reason, level)).InTime();

    /// <summary>What the gateway knows of the room, with these members.</summary>
    public static RoomHeartbeat Heartbeat(string activation, params Talker[] members) =>
        new(members[0].Member.GatewayId, activation, members.Length);

    public static string Body(string text) => $$"""{"content":"{{text}}"}""";
}
