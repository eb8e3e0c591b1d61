using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Accounts;

namespace Gatehouse.Grains.Rooms;

/// <content>Who may do what to whom.</content>
public sealed partial class RoomGrain
{
    /// <summary>The grain is reentrant, and its state can only be written once at a time.</summary>
    private readonly SemaphoreSlim _moderating = new(1);

    public async Task<ModerationOutcome> Moderate(string sessionId, Moderation wanted)
    {
        if (!_members.TryGetValue(sessionId, out var actor)) return ModerationOutcome.NotMember;
        var least = wanted.Kind == ModerationKind.Appoint ? RoomLevel.Admin : RoomLevel.Moderator;
        if (LevelOf(actor) > least) return ModerationOutcome.NotAllowed;
        if (await Find(wanted.Name) is not { } key) return ModerationOutcome.NotFound;
        var present = _members.Values.Where(member => member.Key == key).ToList();
        var level = present is [var member, ..] ? LevelOf(member) : LevelOf(key);
        var highest = LevelOf(actor) == RoomLevel.Admin ? RoomLevel.Moderator : RoomLevel.User;
        if (key == actor.Key || level < highest) return ModerationOutcome.NotAllowed;

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

    private bool IsBanned(RoomMember member) => !member.IsAdministrator && moderation.State.Bans.ContainsKey(member.Key);

    private RoomLevel LevelOf(RoomMember member) => member.IsAdministrator ? RoomLevel.Admin : LevelOf(member.Key);

    private RoomLevel LevelOf(string key) => moderation.State.Levels.GetValueOrDefault(key, RoomLevel.User);

    private TimeSpan MutedFor(RoomMember member) =>
        moderation.State.Mutes.TryGetValue(member.Key, out var until) && until > time.GetUtcNow()
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
