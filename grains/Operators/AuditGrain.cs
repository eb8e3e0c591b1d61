using Gatehouse.GrainInterfaces.Operators;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Operators;

[StatelessWorker]
public sealed class AuditGrain(AuditLog log) : Grain, IAuditGrain
{
    private const int MaxPageSize = 200;

    public Task Record(AuditAct act) => log.Add(act, OperatorOutcome.Done);

    public async Task<AuditPage> Read(long? before, string? subject, Guid? actor, int limit)
    {
        limit = Math.Clamp(limit, 1, MaxPageSize);
        var found = await log.Read(before, subject, actor, limit);
        return new AuditPage([.. found.Take(limit)], HasMore: found.Count > limit);
    }
}
