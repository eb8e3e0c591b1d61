using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The part of react-auth that needs no connection, see docs/PROTOCOLS.md, "react-auth".</summary>
public sealed partial class ReactAuthLogin(IGrainFactory grains, ILogger<ReactAuthLogin> logger)
{
    /// <summary>Opens a session. Never throws: a failure of ours is a refusal too.</summary>
    /// <param name="username">Null when the client sent none.</param>
    /// <param name="password">Null when the client sent none.</param>
    /// <param name="address">The client's network address, for limits.</param>
    public async Task<ReactAuthResponse> Authenticate(string? username, string? password, string address)
    {
        GatewayMeters.EventReceived("react-auth", "authenticate");
        if (username is null || password is null) return ReactAuthResponse.Refused;
        try
        {
            var sessionId = RandomId.New();
            var opened = await grains.Session(sessionId).Open("react-auth", address, new Credentials(username, new Secret(password)));
            return opened.Refusal == Refusal.None
                ? await Respond(new SessionTicket(sessionId, opened.Secret), opened.UserId)
                : ReactAuthResponse.Refused;
        }
        catch (Exception failure)
        {
            LogFailed(failure, "authenticate");
            return ReactAuthResponse.Refused;
        }
    }

    /// <summary>Goes on with a session. Never throws.</summary>
    public async Task<ReactAuthResponse> Resume(SessionTicket? shown)
    {
        GatewayMeters.EventReceived("react-auth", "resume");
        if (shown is not { } ticket) return ReactAuthResponse.Refused;
        try
        {
            return await grains.Session(ticket.SessionId).Show(ticket.Secret) is { } userId
                ? await Respond(ticket, userId)
                : ReactAuthResponse.Refused;
        }
        catch (Exception failure)
        {
            LogFailed(failure, "resume");
            return ReactAuthResponse.Refused;
        }
    }

    private async Task<ReactAuthResponse> Respond(SessionTicket ticket, Guid userId) =>
        await grains.User(userId).GetDetails() is { } user
            ? new ReactAuthResponse(true, ticket.Write(), new ReactAuthUser(user.Id, user.Name, user.Email))
            : ReactAuthResponse.Refused;

    [LoggerMessage(LogLevel.Warning, "react-auth: {Request} failed")]
    private partial void LogFailed(Exception failure, string request);
}
