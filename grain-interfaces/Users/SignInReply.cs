namespace Gatehouse.GrainInterfaces.Users;

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
