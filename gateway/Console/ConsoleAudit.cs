using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;

namespace Gatehouse.Gateway.Console;

/// <summary>The audit log at the console: it is read there, and nothing else.</summary>
internal static class ConsoleAudit
{
    private const int MaxSubject = 200;

    public static void MapAudit(this IEndpointRouteBuilder console) => console.MapGet("/audit", Read);

    private static async Task<IResult> Read(long? before, string? subject, Guid? actor, IGrainFactory grains)
    {
        if (ConsoleAnswers.Shown(subject, MaxSubject) is not { } about) return ConsoleAnswers.Problem(400, "There is no such subject.");
        var page = await grains.Audit().Read(before, about.Length == 0 ? null : about, actor, limit: 50);
        return Results.Json(new { entries = page.Entries.Select(Show), page.HasMore });
    }

    private static object Show(AuditEntry entry) => new
    {
        entry.Id,
        entry.At,
        actor = new { entry.Act.By.Id, entry.Act.By.Name, entry.Act.By.Address },
        entry.Act.Action,
        entry.Act.Subject,
        entry.Name,
        entry.Act.Detail,
        outcome = entry.Outcome.ToString(),
    };
}
