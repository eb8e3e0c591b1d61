using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Accounts;

namespace Gatehouse.Grains.Rooms;

/// <content>Who may do what to whom.</content>
public sealed partial class RoomGrain
{
    /// <summary>The grain is reentrant, and its state can only be written once at a time.</summary>
    private readonly SemaphoreSlim _moderating = new(1);

    /// <summary>Who was an administrator of the service when that was asked last.</summary>
    private readonly HashSet<string> _administrators = [];

    public async Task<ModerationOutcome> Moderate(string sessionId, Moderation wanted)
    {
        if (!_members.TryGetValue(sessionId, out var actor)) return ModerationOutcome.NotMember;
        var least = wanted.Kind == ModerationKind.Appoint ? RoomLevel.Admin : RoomLevel.Moderator;
        var own = await LevelOf(actor.Key);
        if (own > least) return ModerationOutcome.NotAllowed;
        if (await Find(wanted.Name) is not { } key) return ModerationOutcome.NotFound;
        var highest = own == RoomLevel.Admin ? RoomLevel.Moderator : RoomLevel.User;
        if (key == actor.Key || await LevelOf(key) < highest) return ModerationOutcome.NotAllowed;

        var present = _members.Values.Where(member => member.Key == key).ToList();
        switch (wanted.Kind)
        {
            case ModerationKind.Kick when present.Count == 0:
                return ModerationOutcome.NotFound;
            case ModerationKind.Kick:
                Remove(present, RoomNoticeKind.Kicked, wanted.Reason);
                return ModerationOutcome.Done;
            case ModerationKind.Ban:
                await Change(state => state.Bans[key] = wanted.Reason);
                Remove(_members.Values.Where(member => member.Key == key).ToList(), RoomNoticeKind.Banned, wanted.Reason);
                return ModerationOutcome.Done;
            case ModerationKind.Unban:
                await Change(state => state.Bans.Remove(key));
                return ModerationOutcome.Done;
            case ModerationKind.Mute:
                await Change(state => Mute(state, key, wanted.Duration));
                return ModerationOutcome.Done;
            default:
                await Change(state => Appoint(state, key, wanted.Level));
                NotifyMembersChanged();
                return ModerationOutcome.Done;
        }
    }

    private bool IsBanned(string key, RoomLevel level) => level != RoomLevel.Admin && moderation.State.Bans.ContainsKey(key);

    private async Task<RoomLevel> LevelOf(string key) => (await LevelsOf([key]))[key];

    /// <summary>Whether somebody is an administrator of the service is asked each time: it may be so no more, present or not.</summary>
    private async Task<Dictionary<string, RoomLevel>> LevelsOf(IEnumerable<string> keys)
    {
        var levels = keys.Distinct().ToDictionary(key => key, key => moderation.State.Levels.GetValueOrDefault(key, RoomLevel.User));
        var accounts = levels.Keys.Select(MemberKey.UserOf).OfType<Guid>().ToArray();
        if (accounts.Length == 0) return levels;
        var administrators = (await users.FindAdministrators(accounts)).Select(MemberKey.OfUser).ToList();
        _administrators.ExceptWith(levels.Keys);
        _administrators.UnionWith(administrators);
        foreach (var key in administrators) levels[key] = RoomLevel.Admin;
        return levels;
    }

    /// <summary>What is shown beside a message: nothing depends on it, so it is not asked for with each.</summary>
    private RoomLevel RankOf(string key) =>
        _administrators.Contains(key) ? RoomLevel.Admin : moderation.State.Levels.GetValueOrDefault(key, RoomLevel.User);

    private bool IsMuted(RoomMember member) => moderation.State.Mutes.ContainsKey(member.Key);

    private async Task<TimeSpan> MutedFor(RoomMember member) =>
        moderation.State.Mutes.TryGetValue(member.Key, out var until) && until > time.GetUtcNow()
        && await LevelOf(member.Key) != RoomLevel.Admin
            ? until - time.GetUtcNow()
            : TimeSpan.Zero;

    private void Mute(RoomState state, string key, TimeSpan duration)
    {
        var now = time.GetUtcNow();
        foreach (var over in state.Mutes.Where(mute => mute.Value <= now).Select(mute => mute.Key).ToList()) state.Mutes.Remove(over);
        if (duration > TimeSpan.Zero) state.Mutes[key] = now + duration;
        else state.Mutes.Remove(key);
    }

    private static void Appoint(RoomState state, string key, RoomLevel level)
    {
        if (level == RoomLevel.User) state.Levels.Remove(key);
        else state.Levels[key] = level;
    }

    /// <summary>The key of whoever has this name: an account, or else the guests who call themselves so.</summary>
    private async Task<string?> Find(string typed)
    {
        if (await users.FindByName(typed) is { } userId) return MemberKey.OfUser(userId);
        if (AccountText.Name(typed) is not { } name) return null;
        var guest = MemberKey.OfGuest(AccountText.Key(name));
        return options.Value.Open || _members.Values.Any(member => member.Key == guest) ? guest : null;
    }

    private void Remove(List<RoomMember> members, RoomNoticeKind kind, string reason)
    {
        foreach (var member in members)
        {
            _members.Remove(member.SessionId);
            Notify(new RoomNotice(kind, member.SessionId, reason));
        }
        NotifyMembersChanged();
    }

    private async Task Change(Action<RoomState> change)
    {
        await _moderating.WaitAsync();
        try
        {
            change(moderation.State);
            await moderation.WriteStateAsync();
        }
        catch
        {
            // What is in memory is not what is stored; the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            _moderating.Release();
        }
    }
}
