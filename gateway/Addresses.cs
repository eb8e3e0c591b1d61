using Gatehouse.Gateway.Protocols.Chat;
using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.Gateway.Protocols.ReactAuth;
using Gatehouse.Gateway.Protocols.Session;
using Gatehouse.Gateway.Protocols.Users;
using Gatehouse.Gateway.Transports.Http;
using Gatehouse.Gateway.Transports.SignalR;
using Gatehouse.Gateway.Transports.SocketIo;
using Gatehouse.Gateway.Transports.WebSockets;

namespace Gatehouse.Gateway;

/// <summary>Which address is which transport and which protocol: the one place where both are named.</summary>
public static class Addresses
{
    private const string LoginSummary = "Logs in, or goes on with a session: the body's type decides, whatever the address.";

    public static void MapAddresses(this IEndpointRouteBuilder routes)
    {
        routes.MapSignalR<SessionProtocol>("/hubs/session");
        routes.MapSignalR<ReactAuthProtocol>("/hubs/react-auth");
        routes.MapSignalR<UsersProtocol>("/hubs/users");
        routes.MapSignalR<ChatProtocol>("/hubs/chat");
        routes.MapSignalR<ClientsProtocol>("/hubs/clients");

        // Each in the namespace of its name, and all on "/", where the first one answers what nobody knows.
        routes.MapSocketIo(
            "/socket.io",
            SpokenProtocol.Of<SessionProtocol>("session", routes.ServiceProvider),
            SpokenProtocol.Of<ChatProtocol>("chat", routes.ServiceProvider),
            SpokenProtocol.Of<ClientsProtocol>("clients", routes.ServiceProvider));

        // With or without a slash at the end.
        routes.MapWebSocket<UsersProtocol>("/users", new UsersFrames(), UsersDoor.Users);
        routes.MapWebSocket<UsersProtocol>("/admin", new UsersFrames(), UsersDoor.Admin);
        routes.MapWebSocket<ReactAuthProtocol>("/auth/socket", new ReactAuthFrames());

        routes.MapForms<ReactAuthLogin>("/auth/login").Describe<ReactAuthRequest, ReactAuthResponse>("login", LoginSummary);
        routes.MapForms<ReactAuthLogin>("/auth/resume").Describe<ReactAuthRequest, ReactAuthResponse>("resume", LoginSummary);
        routes.MapBodies<NodeRequests>("PUT", "/node/to/instance").DescribeWithRefusals<NodeRequest, NodeAnswer>(
            "registerNode", "Registers a node. The answer's token is shown this once.");
        routes.MapBodies<NodeRequests>("POST", "/node/to/instance").DescribeWithRefusals<NodeRequest, NodeAnswer>(
            "updateNode", "Changes a node's hash, its information, or both.");
        routes.MapOpenApi("/openapi/{documentName}.json");
    }
}
