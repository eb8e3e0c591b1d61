namespace Gatehouse.Gateway.Protocols.Users;

/// <summary>Which actions a connection may name at all.</summary>
[Flags]
public enum UsersDoor
{
    /// <summary>Those of everybody, at <c>/users/</c>.</summary>
    Users = 1,

    /// <summary>Those of administrators, at <c>/admin/</c>.</summary>
    Admin = 2,

    /// <summary>All, over SignalR.</summary>
    Both = Users | Admin,
}
