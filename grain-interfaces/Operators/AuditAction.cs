namespace Gatehouse.GrainInterfaces.Operators;

/// <summary>What operators do, as the audit log names it. Described in docs/OPERATIONS.md, "Console".</summary>
public static class AuditAction
{
    /// <summary>Came into the console.</summary>
    public const string LogIn = "log_in";

    /// <summary>Left it.</summary>
    public const string LogOut = "log_out";

    /// <summary>See <see cref="Users.IUserOperation.Ban"/>.</summary>
    public const string Ban = "ban";

    /// <summary>See <see cref="Users.IUserOperation.Unban"/>.</summary>
    public const string Unban = "unban";

    /// <summary>Gave a permission.</summary>
    public const string Grant = "grant";

    /// <summary>Took a permission.</summary>
    public const string Take = "take";

    /// <summary>Ended one login.</summary>
    public const string EndLogin = "end_login";

    /// <summary>Ended all logins of a user.</summary>
    public const string EndLogins = "end_logins";

    /// <summary>See <see cref="Users.IUserOperation.AllowReset"/>.</summary>
    public const string ResetPassword = "reset_password";

    /// <summary>See <see cref="Rooms.IRoomOperation.RemoveMessage"/>.</summary>
    public const string DeleteMessage = "delete_message";

    /// <summary>See <see cref="Rooms.IRoomOperation.Delete"/>.</summary>
    public const string DeleteRoom = "delete_room";

    /// <summary>See <see cref="Rooms.IRoomOperation.Mute"/>.</summary>
    public const string Mute = "mute";

    /// <summary>Let a user speak again.</summary>
    public const string Unmute = "unmute";

    /// <summary>See <see cref="Rooms.IRoomOperation.Close"/>.</summary>
    public const string Close = "close";

    /// <summary>See <see cref="Rooms.IRoomOperation.Open"/>.</summary>
    public const string Open = "open";
}
