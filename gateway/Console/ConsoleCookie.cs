using Gatehouse.Gateway.Transports.Http;
using Gatehouse.GrainInterfaces;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Console;

/// <summary>How a browser shows that it is logged in at the console: a session's id and its secret, which no script sees.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Secret">Its secret.</param>
public sealed record ConsoleCookie(string SessionId, Secret Secret)
{
    private const string Name = "gatehouse.console";
    private const int IdLength = 22, SecretLength = 43;

    public static ConsoleCookie New() => new(RandomId.New(), new Secret(RandomId.NewSecret()));

    /// <summary>What the request shows; null when it shows nothing of that kind.</summary>
    public static ConsoleCookie? Of(HttpRequest request) =>
        request.Cookies[Name] is { Length: IdLength + 1 + SecretLength } value && value[IdLength] == '.'
            ? new ConsoleCookie(value[..IdLength], new Secret(value[(IdLength + 1)..]))
            : null;

    /// <summary>Has the browser keep it until it is closed; the server knows when the session is over.</summary>
    public void Set(HttpContext context) => context.Response.Cookies.Append(Name, $"{SessionId}.{Secret.Value}", Options(context));

    /// <summary>Has the browser forget it.</summary>
    public static void Clear(HttpContext context) => context.Response.Cookies.Delete(Name, Options(context));

    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = context.RequestServices.GetRequiredService<IOptions<WebOptions>>().Value.PathBase + "/console",
    };
}
