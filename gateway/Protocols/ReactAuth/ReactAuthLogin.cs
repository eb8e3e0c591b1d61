using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The part of react-auth that needs no connection, see docs/PROTOCOLS.md, "react-auth".</summary>
public sealed partial class ReactAuthLogin(IGrainFactory grains, ILogger<ReactAuthLogin> logger) : IRequestProtocol
{
    public string CookieName => "gatehouse.session";

    public RequestAnswer Refusal { get; } = new(ReactAuthResponse.Refused);

    public async Task<RequestAnswer> Handle(ClientRequest request)
    {
        var type = request.Fields.GetValueOrDefault("type");
        try
        {
            var response = type switch
            {
                ReactAuthTypes.Authenticate => await Authenticate(request),
                ReactAuthTypes.Resume => await Resume(request),
                _ => ReactAuthResponse.Refused,
            };
            return response.Success ? new RequestAnswer(response, response.Session) : Refusal;
        }
        catch (Exception failure)
        {
            LogFailed(failure, type!);
            return Refusal;
        }
    }

    private async Task<ReactAuthResponse> Authenticate(ClientRequest request)
    {
        GatewayMeters.EventReceived("react-auth", "authenticate");
        var (username, password) = (request.Fields.GetValueOrDefault("username"), request.Fields.GetValueOrDefault("password"));
        if (username is null || password is null) return ReactAuthResponse.Refused;
        var sessionId = RandomId.New();
        var credentials = new Credentials(username, new Secret(password));
        var opened = await grains.Session(sessionId).Open("react-auth", request.Address, credentials);
        return opened.Refusal == GrainInterfaces.Refusal.None
            ? await Respond(new SessionTicket(sessionId, opened.Secret), opened.UserId)
            : ReactAuthResponse.Refused;
    }

    private async Task<ReactAuthResponse> Resume(ClientRequest request)
    {
        GatewayMeters.EventReceived("react-auth", "resume");
        return SessionTicket.Parse(request.Cookie) is { } ticket
            && await grains.Session(ticket.SessionId).Touch(ticket.Secret) is { } userId
                ? await Respond(ticket, userId)
                : ReactAuthResponse.Refused;
    }

    private async Task<ReactAuthResponse> Respond(SessionTicket ticket, Guid userId) =>
        await grains.User(userId).GetDetails() is { } user
            ? new ReactAuthResponse(true, ticket.Write(), new ReactAuthUser(user.Id, user.Name, user.Email))
            : ReactAuthResponse.Refused;

    [LoggerMessage(LogLevel.Warning, "react-auth: {Request} failed")]
    private partial void LogFailed(Exception failure, string request);
}
