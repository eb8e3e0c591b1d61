namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol that answers single requests, on no connection.</summary>
public interface IRequestProtocol
{
    /// <summary>The name of the cookie that it keeps in the client; the client's scripts cannot read it.</summary>
    string CookieName { get; }

    /// <summary>Answers a request. Never throws: a failure is an answer too.</summary>
    Task<RequestAnswer> Handle(ClientRequest request);

    /// <summary>The answer to a request that may not be asked, or could not be read.</summary>
    RequestAnswer Refusal { get; }
}

/// <summary>A request.</summary>
/// <param name="Fields">The fields of its body that are texts.</param>
/// <param name="Cookie">The value of the protocol's cookie; null when there is none, or more than one.</param>
/// <param name="Address">The client's network address, for limits.</param>
/// <param name="Aborted">Cancelled when the client waits for the answer no more.</param>
public sealed record ClientRequest(
    IReadOnlyDictionary<string, string> Fields, string? Cookie, string Address, CancellationToken Aborted);

/// <summary>An answer.</summary>
/// <param name="Body">Encodable as JSON.</param>
/// <param name="Cookie">What the client's cookie is to be; null to leave it as it is.</param>
/// <param name="RetryAfter">After how many seconds the client may ask again; null when nothing keeps it from doing so.</param>
public sealed record RequestAnswer(object Body, string? Cookie = null, int? RetryAfter = null);
