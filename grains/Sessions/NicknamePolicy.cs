using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Sessions;

/// <summary>Who may enter a room without an account: where rooms are open, a guest whose nickname no account holds.</summary>
public sealed class NicknamePolicy(Authenticator authenticator, IOptions<RoomOptions> rooms)
{
    /// <summary>The nickname to enter by; null for whoever has to prove who they are.</summary>
    public async Task<string?> FindNickname(Credentials credentials) =>
        rooms.Value.Open && AccountText.Name(credentials.Login) is { } name && await authenticator.Find(credentials) is null
            ? name
            : null;
}
