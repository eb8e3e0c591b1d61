using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.GrainInterfaces.Users;

/// <summary>A session was entered under a user.</summary>
/// <param name="UserId">The user's id, for ever the same.</param>
/// <param name="UserName">The user's name as it is shown.</param>
/// <param name="Kind">Guest or regular.</param>
/// <param name="Token">The token that the client is to keep.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SignIn")]
public sealed record SignIn(
    [property: Id(0)] Guid UserId,
    [property: Id(1)] string UserName,
    [property: Id(2)] UserKind Kind,
    [property: Id(3)] IssuedToken Token);

/// <summary>Either a sign-in, or why there is none.</summary>
/// <param name="Refusal"><see cref="Refusal.None"/> exactly when <paramref name="SignIn"/> is there.</param>
/// <param name="SignIn">The sign-in; null when refused.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.SignInReply")]
public sealed record SignInReply([property: Id(0)] Refusal Refusal, [property: Id(1)] SignIn? SignIn)
{
    /// <summary>A reply that refuses.</summary>
    public static SignInReply Refused(Refusal reason) => new(reason, null);

    /// <summary>A reply that succeeds.</summary>
    public static SignInReply Of(SignIn signIn) => new(Refusal.None, signIn);
}
