namespace Gatehouse.GrainInterfaces.Users;

/// <summary>What a user is shown as. The numbers are the users API's.</summary>
public enum UserStatus
{
    /// <summary>Without a live connection.</summary>
    Offline = 0,

    /// <summary>Here.</summary>
    Online = 1,

    /// <summary>Not at the keyboard.</summary>
    Away = 2,

    /// <summary>Does not want to be disturbed.</summary>
    DoNotDisturb = 3,

    /// <summary>Playing something.</summary>
    Playing = 4,

    /// <summary>Watching something.</summary>
    Watching = 5,

    /// <summary>Listening to something.</summary>
    Listening = 6,
}
