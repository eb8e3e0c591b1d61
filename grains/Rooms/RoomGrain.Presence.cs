using System.Collections.Immutable;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Rooms;

/// <content>What gateways say of their members, and who is gone because a gateway says nothing.</content>
public sealed partial class RoomGrain
{
    /// <summary>Gateways whose members were forgotten because they fell silent.</summary>
    private readonly HashSet<string> _silenced = [];

    public Task<RoomHeartbeatReply> Heartbeat(RoomHeartbeat heartbeat)
    {
        NoteHeartbeat(heartbeat.GatewayId);
        var isInAgreement = heartbeat.Activation == _activation && !_silenced.Contains(heartbeat.GatewayId)
            && heartbeat.Members == _members.Values.Count(member => member.GatewayId == heartbeat.GatewayId);
        return Task.FromResult(new RoomHeartbeatReply(_activation, _published, isInAgreement));
    }

    public async Task<ImmutableArray<string>> Restore(RoomHeartbeat heartbeat, ImmutableArray<RoomMember> members)
    {
        var levels = await LevelsOf(members.Select(member => member.Key).Where(moderation.State.Bans.ContainsKey));
        NoteHeartbeat(heartbeat.GatewayId);
        // A gateway that was only silent is not told that all its members are gone.
        var isNew = _silenced.Remove(heartbeat.GatewayId) || heartbeat.Activation != _activation;
        var gone = ImmutableArray.CreateBuilder<string>();
        foreach (var member in members)
        {
            // Whom this life of the room has seen and does not know any more, it has let go.
            var isBanned = IsBanned(member.Key, levels.GetValueOrDefault(member.Key, RoomLevel.User));
            if (IsClosed || isBanned || (!isNew && !_members.ContainsKey(member.SessionId))) gone.Add(member.SessionId);
            else Admit(member);
        }
        ForgetGhosts(heartbeat.GatewayId, members);
        return gone.ToImmutable();
    }

    /// <summary>A gateway has given a sign of life.</summary>
    private void NoteHeartbeat(string gatewayId)
    {
        var now = time.GetUtcNow();
        if (_feeds.TryGetValue(gatewayId, out var feed)) feed.LastHeartbeat = now;
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
        if (unnamed.Count > 0) NotifyMembersChanged();
    }

    private Task ForgetSilentGateways()
    {
        var silentSince = time.GetUtcNow() - gateways.Value.Lease;
        foreach (var feed in _feeds.Values.Where(feed => feed.LastHeartbeat < silentSince).ToList())
        {
            _feeds.Remove(feed.GatewayId);
            _silenced.Add(feed.GatewayId);
            foreach (var member in _members.Values.Where(member => member.GatewayId == feed.GatewayId).ToList())
            {
                _members.Remove(member.SessionId);
            }
            NotifyMembersChanged();
        }
        // Rooms that were left one after the other must not fill the memory. Whoever comes back reads what it missed from the table.
        if (_members.Count == 0 && !_isEphemeral) _recent.Clear();
        return Task.CompletedTask;
    }
}
