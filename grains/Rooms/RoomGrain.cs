using System.Collections.Immutable;
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
    UserStore users,
    TimeProvider time,
    IOptions<RoomOptions> options,
    IOptions<GatewayOptions> gateways) : Grain, IRoomGrain
{
    private const int MaxListed = 1000;

    private static readonly TimeSpan MembersPause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, RoomMember> _members = [];
    private readonly Dictionary<string, RoomFeed> _feeds = [];

    /// <summary>Gateways whose members were forgotten because they fell silent.</summary>
    private readonly HashSet<string> _silenced = [];
    private readonly string _activation = RandomId.New();
    private IGrainTimer? _membersTimer;

    private string Name => GrainKeys.IdOf(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await OpenLog();
        this.RegisterGrainTimer(ForgetSilentGateways, gateways.Value.Lease, gateways.Value.Lease / 2);
    }

    public Task<RoomJoin> Join(RoomMember member)
    {
        if (IsBanned(member)) return Task.FromResult(new RoomJoin(Refusal.Banned, _activation, 0, RoomLevel.User));
        Seat(member);
        return Task.FromResult(new RoomJoin(Refusal.None, _activation, _published, LevelOf(member)));
    }

    public Task Leave(string sessionId)
    {
        if (_members.Remove(sessionId)) TellMembersChanged();
        return Task.CompletedTask;
    }

    public Task<RoomMembers> GetMembers()
    {
        var present = _members.Values.DistinctBy(member => member.Key).Select(member => new RoomPresent(member.Name, LevelOf(member)))
            .OrderBy(member => member.Level).ThenBy(member => member.Name, StringComparer.Ordinal).ToList();
        return Task.FromResult(new RoomMembers([.. present.Take(MaxListed)], present.Count));
    }

    public Task<RoomRenewal> Renew(RoomPresence presence)
    {
        Hear(presence.GatewayId);
        var isInAgreement = presence.Activation == _activation && !_silenced.Contains(presence.GatewayId)
            && presence.Members == _members.Values.Count(member => member.GatewayId == presence.GatewayId);
        return Task.FromResult(new RoomRenewal(_activation, _published, isInAgreement));
    }

    public Task<ImmutableArray<string>> Restore(RoomPresence presence, ImmutableArray<RoomMember> members)
    {
        Hear(presence.GatewayId);
        // A gateway that was only silent is not told that all its members are gone.
        var isNew = _silenced.Remove(presence.GatewayId) || presence.Activation != _activation;
        var gone = ImmutableArray.CreateBuilder<string>();
        foreach (var member in members)
        {
            // Whom this life of the room has seen and does not know any more, it has let go.
            if (IsBanned(member) || (!isNew && !_members.ContainsKey(member.SessionId))) gone.Add(member.SessionId);
            else Seat(member);
        }
        ForgetGhosts(presence.GatewayId, members);
        return Task.FromResult(gone.ToImmutable());
    }

    public Task Type(string sessionId, bool isTyping)
    {
        if (_members.TryGetValue(sessionId, out var member) && MutedFor(member) == TimeSpan.Zero)
        {
            Tell(new RoomNotice(isTyping ? RoomNoticeKind.Typing : RoomNoticeKind.StoppedTyping, sessionId, member.Name));
        }
        return Task.CompletedTask;
    }

    private void Seat(RoomMember member)
    {
        var isNew = !_members.ContainsKey(member.SessionId);
        _members[member.SessionId] = member;
        Hear(member.GatewayId);
        if (isNew) TellMembersChanged();
    }

    /// <summary>A gateway has given a sign of life.</summary>
    private void Hear(string gatewayId)
    {
        var now = time.GetUtcNow();
        if (_feeds.TryGetValue(gatewayId, out var feed)) feed.HeardAt = now;
        else _feeds.Add(gatewayId, new RoomFeed(gatewayId, _published, now));
        // Who is here is in memory only: it must not be forgotten because nobody says anything.
        DelayDeactivation(2 * gateways.Value.Lease);
    }

    /// <summary>
    /// Members that their gateway does not name are on their way in; or they never arrived, because their session failed behind
    /// this room's back.
    /// </summary>
    private void ForgetGhosts(string gatewayId, ImmutableArray<RoomMember> named)
    {
        var now = time.GetUtcNow();
        var unnamed = _members.Values.Where(member => member.GatewayId == gatewayId).Select(member => member.SessionId)
            .Except(named.Select(member => member.SessionId)).ToList();
        var feed = _feeds[gatewayId];
        var ghosts = unnamed.Where(session => feed.Unnamed.TryGetValue(session, out var since) && now - since >= gateways.Value.Lease / 2);
        foreach (var session in ghosts.ToList()) _members.Remove(session);
        feed.Unnamed = unnamed.ToDictionary(session => session, session => feed.Unnamed.GetValueOrDefault(session, now));
        if (unnamed.Count > 0) TellMembersChanged();
    }

    private Task ForgetSilentGateways()
    {
        var silentSince = time.GetUtcNow() - gateways.Value.Lease;
        foreach (var feed in _feeds.Values.Where(feed => feed.HeardAt < silentSince).ToList())
        {
            _feeds.Remove(feed.GatewayId);
            _silenced.Add(feed.GatewayId);
            foreach (var member in _members.Values.Where(member => member.GatewayId == feed.GatewayId).ToList())
            {
                _members.Remove(member.SessionId);
            }
            TellMembersChanged();
        }
        return Task.CompletedTask;
    }

    /// <summary>However many come and go within a moment: whoever wants to know asks once.</summary>
    private void TellMembersChanged() => _membersTimer ??= this.RegisterGrainTimer(
        () =>
        {
            _membersTimer?.Dispose();
            _membersTimer = null;
            Tell(new RoomNotice(RoomNoticeKind.MembersChanged));
            return Task.CompletedTask;
        },
        MembersPause,
        Timeout.InfiniteTimeSpan);

    private void Tell(RoomNotice notice)
    {
        foreach (var feed in _feeds.Values)
        {
            feed.Add(notice);
            if (!feed.IsBusy) _ = Push(feed);
        }
    }

    /// <summary>Tells a gateway what has gathered for it, one update after the other.</summary>
    private async Task Push(RoomFeed feed)
    {
        feed.IsBusy = true;
        // What else this turn brings goes with it.
        await Task.Yield();
        while (feed.Take(Name, _activation) is { } update)
        {
            try
            {
                await GrainFactory.Gateway(feed.GatewayId).RoomChanged(update);
            }
            catch (Exception)
            {
                // It has noticed the gap at the next update, or will when it renews its lease.
            }
        }
        feed.IsBusy = false;
    }
}
