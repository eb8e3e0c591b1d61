using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Users;
using Microsoft.AspNetCore.Http.Features;
using SocketIo.EngineIo;

namespace Gatehouse.Gateway.Console;

/// <summary>
/// Lets through what <see cref="OperatorsOnly"/> marks for operators only: from the console's own page, which no page of another site, or
/// of a neighbour below the same domain, can pass itself off as; in a session of the console that goes on; and for who has the permission
/// now, which is asked of the account at each request.
/// </summary>
public sealed partial class ConsoleGate(RequestDelegate next, IGrainFactory grains, Limiter limiter, ILogger<ConsoleGate> logger)
{
    /// <summary>The header that every request bears: a form cannot send it, nor a page of another origin without asking first.</summary>
    public const string Header = "X-Gatehouse-Console";

    /// <summary>The protocol that sessions of the console are of.</summary>
    public const string Protocol = "console";

    private const int MaxBody = 64 * 1024;

    /// <summary>No other origin: who may use the service need not be somebody to operate it.</summary>
    private static readonly OriginPolicy Own = new([]);

    // All that is not for operators passes by without a trace: a connection lasts as long as its request.
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<OperatorsOnly>() is { } marked ? Guard(context, marked) : next(context);

    private async Task Guard(HttpContext context, OperatorsOnly marked)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBody;
        try
        {
            var refusal = await Refuse(context, marked);
            if (refusal is null) await next(context);
            else await refusal.ExecuteAsync(context);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            await ConsoleAnswers.Problem(bad.StatusCode, "The request cannot be read.").ExecuteAsync(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(failure, context.Request.Method, context.GetEndpoint()!.DisplayName);
            await ConsoleAnswers.Problem(503, "That failed. Try again.").ExecuteAsync(context);
        }
    }

    private async Task<IResult?> Refuse(HttpContext context, OperatorsOnly marked)
    {
        if (!Own.Allows(context.Request) || (!marked.ByAddress && context.Request.Headers[Header].Count != 1))
        {
            return ConsoleAnswers.Problem(403, "This is for the console's own page.");
        }
        if (marked.EvenStrangers) return null;
        if (ConsoleCookie.Of(context.Request) is not { } cookie) return NotLoggedIn();
        var address = ClientAddress.Of(context.Connection.RemoteIpAddress);
        if ((await limiter.Enter(Limit.LookUps, address, null, context.RequestAborted)).RetryAfter is { } wait)
        {
            return ConsoleAnswers.TooMany(context, wait);
        }
        if (await grains.Session(cookie.SessionId).Touch(Protocol, cookie.Secret) is not { } userId) return NotLoggedIn();
        if (await grains.User(userId).GetDetails() is not { } user || !user.IsOperator())
        {
            return ConsoleAnswers.Problem(403, "Your account has no permission for this any more.");
        }
        context.Features.Set(new Operator(userId, user.Name, context.Connection.RemoteIpAddress?.ToString() ?? "unknown"));
        return null;
    }

    private static IResult NotLoggedIn() => ConsoleAnswers.Problem(401, "You are not logged in.");

    [LoggerMessage(LogLevel.Warning, "console: {Method} {Endpoint} failed")]
    private partial void LogFailed(Exception failure, string method, string? endpoint);
}
