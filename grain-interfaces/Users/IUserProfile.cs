namespace Gatehouse.GrainInterfaces.Users;

/// <summary>An account as others see it.</summary>
[Alias("Gatehouse.IUserProfile")]
public interface IUserProfile : IGrainWithStringKey
{
    /// <summary>All that is known of the user; null when there is no such user.</summary>
    [Alias("GetDetails")]
    Task<UserDetails?> GetDetails();

    /// <summary>Changes the profile.</summary>
    /// <returns>False when a field is not acceptable; nothing is changed then.</returns>
    [Alias("Edit")]
    Task<bool> Edit(ProfileEdit edit);
}
