using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Users;

/// <content>Where the user's sessions are, and whether they are still logged in.</content>
public sealed partial class UserGrain
{
    public async Task<LocationReply?> ReportLocation(SessionLocation session) =>
        await sessions.UpdateLocation(Id, session) && _user is { } user ? new LocationReply(user.Name, user.Kind) : null;

    public Task<bool> IsSignedIn(string sessionId) => sessions.Contains(Id, sessionId);

    public Task<bool> Expire(string sessionId) => sessions.Expire(Id, sessionId);

    public Task Forget(string sessionId) => sessions.Remove(Id, sessionId);
}
