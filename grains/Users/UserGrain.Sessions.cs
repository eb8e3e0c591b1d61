using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Grains.Users;

/// <content>Where the user's sessions are, and whether they are still logged in.</content>
public sealed partial class UserGrain
{
    public Task<LocationReply?> ReportLocation(SessionLocation session) => sessions.UpdateLocation(Id, session);

    public Task<bool> IsSignedIn(string sessionId) => sessions.Contains(Id, sessionId);

    public Task<string?> FindLoginOf(string sessionId) => sessions.FindLogin(Id, sessionId);

    public async Task<bool> Expire(string sessionId)
    {
        if (!await sessions.Expire(Id, sessionId)) return false;
        await waking.Wake(Id);
        return true;
    }

    public Task Forget(string sessionId) => sessions.Remove(Id, sessionId);
}
