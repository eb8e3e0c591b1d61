using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Console;

/// <summary>For whoever was given a code at the console: it replaces a forgotten password, once. The page is <c>reset.html</c>.</summary>
internal static class PasswordReset
{
    private const int MaxCode = 64;

    public static void MapPasswordReset(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/password/reset", Handle).ExcludeFromDescription();

    private static async Task<IResult> Handle(
        ResetRequest reset, HttpContext context, OriginPolicy origins, IGrainFactory grains, Limiter limiter)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!origins.Allows(context.Request)) return ConsoleAnswers.Problem(403, "Origin not allowed.");
        if (reset is not { Code: { Length: > 0 and <= MaxCode } typed, Password: { } password }) return NotGood();
        var address = ClientAddress.Of(context.Connection.RemoteIpAddress);
        using var admission = await limiter.Enter(Limit.Passwords, address, null, context.RequestAborted);
        if (admission.RetryAfter is { } wait) return ConsoleAnswers.TooMany(context, wait);
        var code = new Secret(typed);
        if (await grains.UserDirectory().FindByResetCode(code) is not { } userId) return NotGood();
        switch (await grains.User(userId).ResetPassword(code, new Secret(password), context.RequestAborted))
        {
            case PasswordChange.Changed: return Results.NoContent();
            case PasswordChange.Wrong: return NotGood();
            case PasswordChange.Withheld: return ConsoleAnswers.Problem(503, "Too many passwords are being set. Try again.");
        }
        var rules = await grains.UserDirectory().GetPasswordRules();
        return ConsoleAnswers.Problem(
            400, $"A password has {rules.MinLength} to {rules.MaxLength} characters, at least {rules.MinUniqueCharacters} of them different.");
    }

    private static IResult NotGood() => ConsoleAnswers.Problem(404, "This code is not good, or not any more. Ask for another one.");

    private sealed record ResetRequest(string? Code, string? Password);
}
