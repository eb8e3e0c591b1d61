using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Console;

/// <summary>Accounts at the console: who they are, where they are logged in, and what is done to them.</summary>
internal static class ConsoleUsers
{
    private const int MaxSearch = 300;
    private const int MaxLogin = 64;

    /// <summary>A hundred years are for ever enough, and no overflow.</summary>
    private const int MaxBanMinutes = 100 * 366 * 24 * 60;

    public static void MapUsers(this IEndpointRouteBuilder console)
    {
        console.MapGet("/users", Find);
        var user = console.MapGroup("/users/{id:guid}");
        user.MapGet("/", Inspect);
        user.MapPost("/ban", Ban);
        user.MapPost("/unban", (Guid id, HttpContext context, IGrainFactory grains) => grains.User(id).Unban(context.Operator()).Answer());
        user.MapPost("/permissions", SetPermission);
        user.MapPost("/end", End);
        user.MapPost("/reset", Reset);
    }

    private static async Task<IResult> Find(string? text, string? after, IGrainFactory grains)
    {
        if (ConsoleAnswers.Shown(text, MaxSearch) is not { } typed || ConsoleAnswers.Shown(after, MaxSearch) is null)
        {
            return ConsoleAnswers.Problem(400, "Nobody has such a name.");
        }
        var found = await grains.UserDirectory().Search(typed, after, limit: 50);
        return Results.Json(new { users = found.Users.Select(Show), found.Next });
    }

    private static async Task<IResult> Inspect(Guid id, IGrainFactory grains) => await grains.User(id).Inspect() is { } account
        ? Results.Json(new
        {
            user = Show(account.Details),
            account.BanReason,
            account.BannedUntil,
            account.LockedUntil,
            account.Logins,
        })
        : OperatorOutcome.NotFound.Answer();

    private static Task<IResult> Ban(Guid id, BanRequest ban, HttpContext context, IGrainFactory grains)
    {
        if (ConsoleAnswers.Shown(ban.Reason) is not { } reason || ban.Minutes is < 1 or > MaxBanMinutes)
        {
            return Task.FromResult(ConsoleAnswers.Problem(400, "A ban has a reason of at most 500 characters, and lasts at least a minute."));
        }
        TimeSpan? duration = ban.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
        return grains.User(id).Ban(context.Operator(), reason, duration).Answer();
    }

    private static Task<IResult> SetPermission(Guid id, PermissionRequest change, HttpContext context, IGrainFactory grains) =>
        change is { Permission: Permission.Admin, Granted: { } granted }
            ? grains.User(id).SetPermission(context.Operator(), change.Permission, granted).Answer()
            : Task.FromResult(ConsoleAnswers.Problem(400, "There is no such permission."));

    private static Task<IResult> End(Guid id, EndRequest end, HttpContext context, IGrainFactory grains) =>
        end.Login is not null && ConsoleAnswers.Shown(end.Login, MaxLogin) is not { Length: > 0 }
        ? Task.FromResult(OperatorOutcome.NotFound.Answer())
        : grains.User(id).EndLogins(context.Operator(), end.Login).Answer();

    private static async Task<IResult> Reset(Guid id, HttpContext context, IGrainFactory grains)
    {
        var reply = await grains.User(id).AllowReset(context.Operator());
        return reply.Outcome == OperatorOutcome.Done
            ? Results.Json(new { code = reply.Code.Value, reply.ExpiresAt })
            : reply.Outcome.Answer();
    }

    private static object Show(UserDetails user) => new
    {
        user.Id,
        user.Name,
        user.Email,
        kind = user.Kind == UserKind.Guest ? "guest" : "regular",
        user.CreatedAt,
        user.IsOnline,
        user.LastOnline,
        user.IsBanned,
        user.Permissions,
    };

    private sealed record BanRequest(string? Reason, int? Minutes);

    private sealed record PermissionRequest(string? Permission, bool? Granted);

    private sealed record EndRequest(string? Login);
}
