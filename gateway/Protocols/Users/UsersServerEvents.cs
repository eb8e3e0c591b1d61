using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces.Users;

namespace Gatehouse.Gateway.Protocols.Users;

/// <summary>What the users API tells its clients, see docs/PROTOCOLS.md, "users".</summary>
public static class UsersServerEvents
{
    /// <summary><c>pong</c>, with an empty object: the answer to <c>ping</c>.</summary>
    public static ServerEvent Pong { get; } = new("pong", new object());

    /// <summary><c>users</c>: a page of them, each with what is private; the answer to <c>get_users</c>.</summary>
    public static ServerEvent Users(UserPage page) => Answer("users", new UsersReply(page.Users.Select(UserView.Private)));

    /// <summary>The answer to every other action, under its name.</summary>
    /// <param name="action">The action, as the client spelled it.</param>
    /// <param name="reply">Data, or an error.</param>
    public static ServerEvent Answer(string action, UsersReply reply) => new(action, reply);
}
