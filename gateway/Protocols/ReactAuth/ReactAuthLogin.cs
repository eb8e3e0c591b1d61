using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The part of react-auth that needs no connection, see docs/PROTOCOLS.md, "react-auth".</summary>
public sealed class ReactAuthLogin(IGrainFactory grains, ILogger<ReactAuthLogin> logger) : IRequestProtocol
{
    public string CookieName => "gatehouse.session";

    public RequestAnswer Refusal { get; } = new(ReactAuthResponse.Refused);

    public async Task<RequestAnswer> Handle(ClientRequest request)
    {
        (string? Name, Func<ClientRequest, Task<ReactAuthResponse>>? Handle) known = request.Fields.GetValueOrDefault("type") switch
        {
            ReactAuthTypes.Authenticate => ("authenticate", Authenticate),
            ReactAuthTypes.Resume => ("resume", Resume),
            _ => (null, null),
        };
        using var scope = EventScope.Begin("react-auth", known.Name, logger);
        try
        {
            return known.Handle is not null && await known.Handle(request) is { Success: true } response
                ? new RequestAnswer(response, response.Session)
                : Refusal;
        }
        catch (Exception failure)
        {
            scope.Failed(failure);
            return Refusal;
        }
    }

    private async Task<ReactAuthResponse> Authenticate(ClientRequest request)
    {
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
        return SessionTicket.Parse(request.Cookie) is { } ticket
            && await grains.Session(ticket.SessionId).Touch("react-auth", ticket.Secret) is { } userId
                ? await Respond(ticket, userId)
                : ReactAuthResponse.Refused;
    }

    private async Task<ReactAuthResponse> Respond(SessionTicket ticket, Guid userId) =>
        await grains.User(userId).GetDetails() is { } user
            ? new ReactAuthResponse(true, ticket.Write(), new ReactAuthUser(user.Id, user.Name, user.Email))
            : ReactAuthResponse.Refused;
}
