using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Gatehouse.Grains.Rooms;

/// <remarks>Reentrant, so that a message that is being stored keeps nobody from sending the next.</remarks>
[Reentrant]
public sealed partial class RoomGrain(
    [PersistentState("room")] IPersistentState<RoomState> moderation,
    RoomMessageStore store,
    RoomOperationStore operations,
    RecentMessagesBudget budget,
    UserStore users,
    TimeProvider time,
    IOptions<RoomOptions> options,
    IOptions<GatewayOptions> gateways) : Grain, IRoomGrain
{
    private const int MaxListed = 1000;

    private static readonly TimeSpan MembersPause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, RoomMember> _members = [];
    private readonly Dictionary<string, RoomFeed> _feeds = [];

    private readonly string _activation = RandomId.New();
    private IGrainTimer? _membersTimer;

    private string Name => GrainKeys.IdOf(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await OpenLog();
        this.RegisterGrainTimer(ForgetSilentGateways, gateways.Value.Lease, gateways.Value.Lease / 2);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _recent.Dispose();
        return Task.CompletedTask;
    }

    public async Task<RoomJoin> Join(RoomMember member)
    {
        var level = await LevelOf(member.Key);
        if (IsClosed) return new RoomJoin(Refusal.Closed, _activation, 0, RoomLevel.User);
        if (IsBanned(member.Key, level)) return new RoomJoin(Refusal.Banned, _activation, 0, RoomLevel.User);
        Admit(member);
        return new RoomJoin(Refusal.None, _activation, _published, level);
    }

    public Task Leave(string sessionId)
    {
        if (_members.Remove(sessionId)) NotifyMembersChanged();
        return Task.CompletedTask;
    }

    public async Task<RoomMembers> GetMembers()
    {
        var members = _members.Values.DistinctBy(member => member.Key).ToList();
        var levels = await LevelsOf(members.Select(member => member.Key));
        var present = members.Select(member => new ListedMember(member.Name, levels[member.Key]))
            .OrderBy(member => member.Level).ThenBy(member => member.Name, StringComparer.Ordinal).ToList();
        return new RoomMembers([.. present.Take(MaxListed)], present.Count);
    }

    private void Admit(RoomMember member)
    {
        var isNew = !_members.ContainsKey(member.SessionId);
        _members[member.SessionId] = member;
        NoteHeartbeat(member.GatewayId);
        if (isNew) NotifyMembersChanged();
    }

    /// <summary>However many come and go within a moment: whoever wants to know asks once.</summary>
    private void NotifyMembersChanged() => _membersTimer ??= this.RegisterGrainTimer(
        () =>
        {
            _membersTimer?.Dispose();
            _membersTimer = null;
            Notify(new RoomNotice(RoomNoticeKind.MembersChanged));
            return Task.CompletedTask;
        },
        MembersPause,
        Timeout.InfiniteTimeSpan);

    private void Notify(RoomNotice notice)
    {
        foreach (var feed in _feeds.Values)
        {
            feed.Add(notice);
            if (!feed.IsBusy) _ = Push(feed);
        }
    }

    /// <summary>Pushes messages to a gateway, unless it gets them with the reply to what it posts.</summary>
    private void PushNews(RoomFeed feed)
    {
        if (feed is { IsBusy: false, Posts: 0, HasNews: true }) _ = Push(feed);
    }

    /// <summary>Pushes to a gateway what has gathered for it, one update after the other.</summary>
    private async Task Push(RoomFeed feed)
    {
        feed.IsBusy = true;
        // What else this turn brings goes with it.
        await Task.Yield();
        while (feed.Take(Name, _activation, out var callers) is { } update)
        {
            using var span = BatchSpan.Begin("room push", callers);
            try
            {
                await GrainFactory.Gateway(feed.GatewayId).PushRoomUpdate(update);
            }
            catch (Exception)
            {
                // It has noticed the gap at the next update, or will when it renews its lease.
            }
        }
        feed.IsBusy = false;
    }
}
