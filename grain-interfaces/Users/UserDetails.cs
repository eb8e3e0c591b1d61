using System.Collections.Immutable;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>All that is known of a user. Which of it others may see is for a protocol to say.</summary>
/// <param name="Id">The id, for ever the same.</param>
/// <param name="Kind">Guest or regular.</param>
/// <param name="Name">The name as it is shown.</param>
/// <param name="Email">The e-mail address; null for a guest. Private.</param>
/// <param name="CreatedAt">When the account was made.</param>
/// <param name="Icon">Address of a picture; null when there is none.</param>
/// <param name="Bio">A few words about the user; null when there are none.</param>
/// <param name="Status">What the user wants to be shown as while online.</param>
/// <param name="StatusText">A few words to the status; may be empty.</param>
/// <param name="IsOnline">Whether any session of the user has a live connection.</param>
/// <param name="LastOnline">When the user was last online; null when never. While online it is now.</param>
/// <param name="IsBanned">A banned user is logged in nowhere and cannot log in.</param>
/// <param name="IsVerified">Whether the e-mail address is known to be theirs.</param>
/// <param name="Permissions">What the user may do beyond others, such as <see cref="Permission.Admin"/>. Private.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.UserDetails")]
public sealed record UserDetails(
    [property: Id(0)] Guid Id,
    [property: Id(1)] UserKind Kind,
    [property: Id(2)] string Name,
    [property: Id(3)] string? Email,
    [property: Id(4)] DateTimeOffset CreatedAt,
    [property: Id(5)] string? Icon,
    [property: Id(6)] string? Bio,
    [property: Id(7)] UserStatus Status,
    [property: Id(8)] string StatusText,
    [property: Id(9)] bool IsOnline,
    [property: Id(10)] DateTimeOffset? LastOnline,
    [property: Id(11)] bool IsBanned,
    [property: Id(12)] bool IsVerified,
    [property: Id(13)] ImmutableArray<string> Permissions);

/// <summary>Some of all users.</summary>
/// <param name="Users">In order of their creation, then of their ids.</param>
/// <param name="Total">How many there are in all.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.UserPage")]
public sealed record UserPage([property: Id(0)] ImmutableArray<UserDetails> Users, [property: Id(1)] long Total);

/// <summary>Changes to a profile; null leaves a field as it is, an empty text clears it.</summary>
/// <param name="Icon">An http or https address, or a path on this server, of at most 2,048 characters.</param>
/// <param name="Bio">At most 2,000 characters.</param>
/// <param name="Status">Any but <see cref="UserStatus.Offline"/>, which is not for the user to say.</param>
/// <param name="StatusText">At most 128 characters.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ProfileEdit")]
public sealed record ProfileEdit(
    [property: Id(0)] string? Icon,
    [property: Id(1)] string? Bio,
    [property: Id(2)] UserStatus? Status,
    [property: Id(3)] string? StatusText);

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
