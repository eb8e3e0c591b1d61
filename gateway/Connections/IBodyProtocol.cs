using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>A protocol that answers single requests, on no connection, by a status and a JSON body.</summary>
public interface IBodyProtocol
{
    /// <summary>Answers a request. Never throws: a failure is an answer too.</summary>
    /// <param name="method">How it was asked: <c>PUT</c>, <c>POST</c>.</param>
    /// <param name="body">What was asked.</param>
    /// <param name="address">The client's network address, for limits.</param>
    Task<BodyAnswer> Handle(string method, JsonElement body, string address);

    /// <summary>The body of the answer to a request that may not be asked, or could not be read.</summary>
    /// <param name="method">How it was asked.</param>
    /// <param name="reason">What is wrong with it.</param>
    object Refuse(string method, string reason);
}

/// <summary>An answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">Encodable as JSON.</param>
/// <param name="RetryAfter">After how many seconds the client may ask again; null when nothing keeps it from doing so.</param>
public sealed record BodyAnswer(int Status, object Body, int? RetryAfter = null);
