namespace Gatehouse.GrainInterfaces.Users;

/// <summary>
/// One account: its profile, password, failed-login lock, and the sessions and tokens that are logged in as it. One grain in five
/// roles. The truth is table <c>users</c> (unique name, unique e-mail) and <c>user_sessions</c>. Key: see
/// <see cref="GrainKeys.User"/>.
/// </summary>
/// <remarks>
/// Calls <see cref="Tokens.ITokenGrain"/> and, to wake gateways, <see cref="Gateways.IGatewayGrain"/>. Every call can be
/// repeated safely. Storage failures are thrown.
/// </remarks>
[Alias("Gatehouse.IUserGrain")]
public interface IUserGrain : IUserRegistration, IUserLogins, IUserSessions, IUserProfile, IUserOperation;
