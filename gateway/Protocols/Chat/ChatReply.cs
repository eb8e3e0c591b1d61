using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Protocols.Chat;

/// <summary>
/// How chat answers: with a code after HTTP's, and a message in the document's spelling where it has one. The document spells
/// the field <c>Code</c>, clients read <c>code</c>; both are sent.
/// </summary>
public static class ChatReply
{
    /// <param name="level">What the client has to say, if it wants to know.</param>
    public static RawJson Complete(RoomLevel? level) =>
        Of(200, "Authentification complete", level is null ? "" : $",\"accessLevel\":{(int)level}");

    public static RawJson Incomplete { get; } = Of(400, "Authentification error");

    public static RawJson Required { get; } = Of(401, "Authentification required");

    public static RawJson Failed { get; } = Of(401, "Authentification failed");

    public static RawJson Banned { get; } = Of(403, "Banned");

    public static RawJson Closed { get; } = Of(403, "Room closed");

    public static RawJson NotAllowed { get; } = Of(403, "Permission denied");

    public static RawJson NotFound { get; } = Of(404, "Not found");

    public static RawJson Invalid { get; } = Of(400, "Invalid data");

    public static RawJson UnknownEvent { get; } = Of(400, "Unknown event");

    public static RawJson TooLong { get; } = Of(413, "Message too long");

    public static RawJson TooMany { get; } = Of(429, "Too many attempts");

    /// <param name="retryAfter">After how many seconds it may be tried again.</param>
    public static RawJson TooManyFor(int retryAfter) => Of(429, "Too many attempts", $",\"retryAfter\":{retryAfter}");

    public static RawJson Busy { get; } = Of(503, "Try again");

    public static RawJson InternalError { get; } = Of(500, "Internal error");

    private static RawJson Of(int code, string message, string more = "") =>
        new($$"""{"code":{{code}},"Code":{{code}},"message":"{{message}}"{{more}}}""");
}
