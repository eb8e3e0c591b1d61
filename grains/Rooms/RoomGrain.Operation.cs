using System.Globalization;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Rooms;

/// <content>What operators do, who need not be in the room: <see cref="IRoomOperation"/>.</content>
public sealed partial class RoomGrain
{
    private bool IsClosed => moderation.State.ClosedFor is not null;

    public Task<RoomSummary> Inspect()
    {
        // To be looked at again and again must not keep a room in memory that nobody is in, and that has nothing to forget.
        if (_members.Count == 0 && (!_isEphemeral || _recent.After(0, out _).IsEmpty)) DeactivateOnIdle();
        return Task.FromResult(new RoomSummary(Name, _members.Count, _isEphemeral, moderation.State.ClosedFor));
    }

    public async Task<OperatorOutcome> RemoveMessage(Operator by, long sequence)
    {
        var act = AuditAct.OnRoom(by, AuditAction.DeleteMessage, Name, sequence.ToString(CultureInfo.InvariantCulture));
        OperatorOutcome outcome;
        if (_isEphemeral)
        {
            outcome = _recent.Find(sequence) is null ? OperatorOutcome.NotFound : OperatorOutcome.Done;
            await operations.Log(act, outcome);
        }
        else
        {
            outcome = await operations.Delete(act, Name, sequence);
        }
        if (outcome == OperatorOutcome.Done) Forget(sequence);
        return outcome;
    }

    public async Task<OperatorOutcome> Delete(Operator by)
    {
        var outcome = await operations.DeleteAll(AuditAct.OnRoom(by, AuditAction.DeleteRoom, Name), Name);
        _recent.Clear();
        Remove([.. _members.Values], RoomNoticeKind.Kicked, "The room was deleted.");
        return outcome;
    }

    public async Task<OperatorOutcome> Mute(Operator by, string name, TimeSpan duration)
    {
        var act = AuditAct.OnRoom(
            by, duration > TimeSpan.Zero ? AuditAction.Mute : AuditAction.Unmute, Name,
            duration > TimeSpan.Zero ? $"{name}: {duration.ToString("c", CultureInfo.InvariantCulture)}" : name);
        var key = await Find(name);
        if (key is not null) await Change(state => Mute(state, key, duration));
        return await Logged(act, key is null ? OperatorOutcome.NotFound : OperatorOutcome.Done);
    }

    public async Task<OperatorOutcome> Close(Operator by, string reason)
    {
        await Change(state => state.ClosedFor = reason);
        Remove([.. _members.Values], RoomNoticeKind.Kicked, reason);
        return await Logged(AuditAct.OnRoom(by, AuditAction.Close, Name, reason), OperatorOutcome.Done);
    }

    public async Task<OperatorOutcome> Open(Operator by)
    {
        await Change(state => state.ClosedFor = null);
        return await Logged(AuditAct.OnRoom(by, AuditAction.Open, Name), OperatorOutcome.Done);
    }

    /// <summary>Grain storage writes by a transaction of its own: if the entry cannot be written, nothing is acknowledged, and is done again.</summary>
    private async Task<OperatorOutcome> Logged(AuditAct act, OperatorOutcome outcome)
    {
        await operations.Log(act, outcome);
        return outcome;
    }
}
