using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace SocketIo.EngineIo;

/// <summary>The HTTP request by which a client connected, as far as it is worth keeping; it outlives the request.</summary>
public sealed class Handshake
{
    private static readonly ClaimsPrincipal Nobody = new(new ClaimsIdentity());

    private readonly KeyValuePair<string, StringValues>[] _headers;

    internal Handshake(HttpContext context, DateTimeOffset time)
    {
        var request = context.Request;
        Time = time;
        RemoteAddress = context.Connection.RemoteIpAddress;
        ConnectionId = context.Connection.Id;
        IsSecure = request.IsHttps;
        Host = request.Host;
        QueryString = request.QueryString;
        // Not context.User, which makes one up where there is none.
        User = context.Features.Get<IHttpAuthenticationFeature>()?.User ?? Nobody;
        _headers = [.. request.Headers];
    }

    /// <summary>When the client connected.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The client's address, as the server and its forwarded-headers middleware know it.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>The web server's name for the underlying connection: fit for logs, unlike a session id.</summary>
    public string ConnectionId { get; }

    /// <summary>Whether the client came by TLS.</summary>
    public bool IsSecure { get; }

    /// <summary>The host that the client asked for.</summary>
    public HostString Host { get; }

    /// <summary>The query string, with the parameters of Engine.IO among it.</summary>
    public QueryString QueryString { get; }

    /// <summary>Who the authentication middleware says it is.</summary>
    public ClaimsPrincipal User { get; }

    /// <summary>The query string's parameters, parsed anew on each call.</summary>
    public IReadOnlyDictionary<string, StringValues> ParseQuery() => QueryHelpers.ParseQuery(QueryString.Value);

    /// <summary>The header's values; none if the client did not send it.</summary>
    public StringValues Header(string name)
    {
        foreach (var header in _headers)
        {
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return header.Value;
        }

        return StringValues.Empty;
    }
}
