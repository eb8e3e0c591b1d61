using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.ReactAuth;

/// <summary>The part of react-auth that needs no connection, see docs/PROTOCOLS.md, "react-auth".</summary>
public sealed class ReactAuthLogin(IGrainFactory grains, Limiter limiter, ILogger<ReactAuthLogin> logger) : IRequestProtocol
{
    private const string Protocol = "react-auth";

    public string CookieName => "gatehouse.session";

    public RequestAnswer Refusal { get; } = new(ReactAuthResponse.Refused);

    public async Task<RequestAnswer> Handle(ClientRequest request)
    {
        (string? Name, Limit Limit, Func<ClientRequest, Task<RequestAnswer>>? Handle) known = request.Fields.GetValueOrDefault("type") switch
        {
            ReactAuthTypes.Authenticate => ("authenticate", Limit.Passwords, Authenticate),
            ReactAuthTypes.Resume => ("resume", Limit.LookUps, Resume),
            _ => (null, default, null),
        };
        using var scope = EventScope.Begin(Protocol, known.Name, logger);
        try
        {
            if (known.Handle is null) return Refusal;
            using var admission = await limiter.Enter(
                known.Limit, request.Address, request.Fields.GetValueOrDefault("username"), request.Aborted);
            return admission.IsGranted ? await known.Handle(request) : Refusal with { RetryAfter = admission.RetryAfter };
        }
        catch (OperationCanceledException) when (request.Aborted.IsCancellationRequested)
        {
            return Refusal;
        }
        catch (Exception failure)
        {
            scope.Failed(failure);
            return Refusal;
        }
    }

    private async Task<RequestAnswer> Authenticate(ClientRequest request)
    {
        var (username, password) = (request.Fields.GetValueOrDefault("username"), request.Fields.GetValueOrDefault("password"));
        if (username is null || password is null) return Refusal;
        var cookie = SessionTicket.NewCookie();
        var opened = await grains.Session(cookie.SessionId).Open(
            Protocol, request.Address, new Credentials(username, new Secret(password)), cookie.OfCookie().Secret, request.Aborted);
        return opened.Refusal == GrainInterfaces.Refusal.None ? await Respond(cookie, opened.UserId) : Refusal;
    }

    private async Task<RequestAnswer> Resume(ClientRequest request)
    {
        return SessionTicket.Parse(request.Cookie) is { } cookie
            && await grains.Session(cookie.SessionId).Touch(Protocol, cookie.OfCookie().Secret) is { } userId
                ? await Respond(cookie, userId)
                : Refusal;
    }

    private async Task<RequestAnswer> Respond(SessionTicket cookie, Guid userId)
    {
        if (await grains.User(userId).GetDetails() is not { } user) return Refusal;
        var response = new ReactAuthResponse(true, cookie.OfCookie().Write(), new ReactAuthUser(user.Id, user.Name, user.Email));
        return new RequestAnswer(response, cookie.Write());
    }
}
