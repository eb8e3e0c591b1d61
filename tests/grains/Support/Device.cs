using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>A client's connection and the session that it is used for.</summary>
internal sealed class Device(House house, string sessionId, string? address = null, string? gateway = null)
{
    public string SessionId => sessionId;

    public Caller Caller { get; } = new(RandomId.New(), "session", gateway ?? "gateway of " + sessionId, address ?? RandomId.New());

    /// <summary>Asked for anew each time, because the house may have been restarted.</summary>
    public ISessionGrain Session => house.Grains.Session(sessionId);

    /// <summary>Another connection to the same session, through the same gateway or another.</summary>
    public Device Reconnected(string? gateway = null) => new(house, sessionId, Caller.Address, gateway ?? Caller.GatewayId);

    public Task<SessionReply> Register(Person person) => Session.Register(Caller, person.Registration).InTime();

    public Task<SessionReply> Upgrade(Person person) => Session.Upgrade(Caller, person.Registration).InTime();

    public Task<SessionReply> LogIn(Person person) => LogIn(person.Name, person.Password);

    public Task<SessionReply> LogIn(string name, string password) =>
        Session.LogInWithCredentials(Caller, new Credentials(name, new Secret(password))).InTime();

    public Task<SessionReply> LogIn(IssuedToken token) => Session.LogInWithToken(Caller, token.UserId, token.Id).InTime();

    public Task<SessionReply> LogInAsGuest() => Session.LogInAsGuest(Caller).InTime();

    public Task<SessionReply> LogOut() => Session.LogOut(Caller).InTime();

    public async Task<Secret> MakeResumable() => (await Session.MakeResumable(Caller).InTime()).Secret;

    public Task<ResumeReply> Resume(Secret secret, long after) => Session.Resume(Caller, secret, after).InTime();

    public Task<ImmutableArray<SessionEvent>> Revalidate(long after = 0, LoginState known = LoginState.Undefined) =>
        Session.Revalidate(after, known).InTime();

    public Task Disconnect() => Session.Detach(Caller.ConnectionId).InTime();

    public Task<LoginState> State() => Session.GetState().InTime();
}
