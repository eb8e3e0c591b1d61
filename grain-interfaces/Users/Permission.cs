namespace Gatehouse.GrainInterfaces.Users;

/// <summary>What a user may do beyond others.</summary>
public static class Permission
{
    /// <summary>List and delete users.</summary>
    public const string Admin = "admin";
}
