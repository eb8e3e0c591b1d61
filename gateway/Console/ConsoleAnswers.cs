using System.Globalization;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Users;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Gateway.Console;

/// <summary>What the console's requests and answers have in common.</summary>
internal static class ConsoleAnswers
{
    public const int MaxReason = 500;

    /// <summary>An answer that says what is wrong: problem details (RFC 9457).</summary>
    public static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);

    /// <summary>Too much was asked for from the address: after how many seconds it may be again.</summary>
    public static IResult TooMany(HttpContext context, int retryAfter)
    {
        context.Response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        return Problem(429, "Too many attempts. Try again later.");
    }

    /// <summary>The answer to something that was wanted done.</summary>
    public static async Task<IResult> Answer(this Task<OperatorOutcome> wanted) => (await wanted).Answer();

    /// <inheritdoc cref="Answer(Task{OperatorOutcome})"/>
    public static IResult Answer(this OperatorOutcome outcome) => outcome switch
    {
        OperatorOutcome.Done => Results.NoContent(),
        OperatorOutcome.NotFound => Problem(404, "There is nobody or nothing of that kind."),
        _ => Problem(409, "That cannot be done to this one."),
    };

    /// <summary>Whoever asks; the gate has let them in.</summary>
    public static Operator Operator(this HttpContext context) => context.Features.GetRequiredFeature<Operator>();

    /// <summary>Whether the account may use the console.</summary>
    public static bool IsOperator(this UserDetails user) => user.Permissions.Contains(Permission.Admin) && !user.IsBanned;

    /// <summary>A text that shows, empty where there is none; null when it is too long or holds what does not show.</summary>
    public static string? Shown(string? typed, int maxLength = MaxReason) =>
        string.IsNullOrWhiteSpace(typed) ? "" : typed.Length <= maxLength ? ShownText.Of(typed.Trim()) : null;
}
