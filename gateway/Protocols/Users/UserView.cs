using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.Users;

/// <summary>A user as the users API shows it: to anybody, or with what is private to itself and administrators.</summary>
public static class UserView
{
    /// <summary>What anybody may see.</summary>
    public static Dictionary<string, object?> Public(UserDetails user) => new()
    {
        ["user_id"] = user.Id,
        ["id"] = user.Id,
        ["username"] = user.Name,
        ["created_at"] = user.CreatedAt.UtcDateTime,
        ["icon"] = user.Icon,
        ["bio"] = user.Bio,
        ["status"] = new { type = (int)user.Status, text = user.StatusText },
        ["last_online"] = user.LastOnline?.UtcDateTime,
        ["is_online"] = user.IsOnline,
        ["is_banned"] = user.IsBanned,
        ["is_verified"] = user.IsVerified,
        ["is_guest"] = user.Kind == UserKind.Guest,
    };

    /// <summary>What the user itself, and an administrator, may see besides.</summary>
    public static Dictionary<string, object?> Private(UserDetails user)
    {
        var view = Public(user);
        view["email"] = user.Email;
        view["permissions"] = user.Permissions;
        return view;
    }
}
