using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Console;

/// <summary>Coming into the console and leaving it: a login as any other, with the account's lock and the address's guard.</summary>
internal static class ConsoleLogin
{
    public static void MapLogin(this IEndpointRouteBuilder console)
    {
        console.MapPost("/login", LogIn).WithMetadata(new OperatorsOnly(EvenStrangers: true));
        console.MapPost("/logout", LogOut);
        console.MapGet("/me", (HttpContext context) => Results.Json(new { context.Operator().Id, context.Operator().Name }));
    }

    private static async Task<IResult> LogIn(
        LoginRequest login, HttpContext context, IGrainFactory grains, GatewayIdentity gateway, Limiter limiter)
    {
        if (login is not { Username: { } username, Password: { } password }) return ConsoleAnswers.Problem(400, "Name and password are needed.");
        var (cookie, address) = (ConsoleCookie.New(), ClientAddress.Of(context.Connection.RemoteIpAddress));
        using var admission = await limiter.Enter(Limit.Passwords, address, username, context.RequestAborted);
        if (admission.RetryAfter is { } wait) return ConsoleAnswers.TooMany(context, wait);
        var session = grains.Session(cookie.SessionId);
        var opened = await session.Open(
            ConsoleGate.Protocol, address, new Credentials(username, new Secret(password)), cookie.Secret, context.RequestAborted);
        if (opened.Refusal is Refusal.Withheld) return ConsoleAnswers.Problem(429, "Too many attempts. Try again later.");
        if (opened.Refusal != Refusal.None) return ConsoleAnswers.Problem(401, "Wrong name or password.");
        // Only now: to whoever knows no password it is not told who operates the service.
        if (await grains.User(opened.UserId).GetDetails() is not { } user || !user.IsOperator())
        {
            await session.LogOut(new Caller(RandomId.New(), ConsoleGate.Protocol, gateway.Id, address));
            return ConsoleAnswers.Problem(403, "This account has no permission for the console.");
        }
        var person = new Operator(user.Id, user.Name, context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        await grains.Audit().Record(new AuditAct(person, AuditAction.LogIn, "console"));
        cookie.Set(context);
        return Results.Json(new { person.Id, person.Name });
    }

    private static async Task<IResult> LogOut(HttpContext context, IGrainFactory grains, GatewayIdentity gateway)
    {
        var person = context.Operator();
        await grains.Audit().Record(new AuditAct(person, AuditAction.LogOut, "console"));
        var session = grains.Session(ConsoleCookie.Of(context.Request)!.SessionId);
        await session.LogOut(new Caller(RandomId.New(), ConsoleGate.Protocol, gateway.Id, person.Address));
        ConsoleCookie.Clear(context);
        return Results.NoContent();
    }

    private sealed record LoginRequest(string? Username, string? Password);
}
