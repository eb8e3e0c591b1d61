using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>What a node may ask for without a connection: <c>PUT</c> registers it, <c>POST</c> updates it.</summary>
public sealed class NodeRequests(DeviceAccounts accounts, Limiter limiter, ILogger<NodeRequests> logger) : IBodyProtocol
{
    public async Task<BodyAnswer> Handle(string method, JsonElement body, string address)
    {
        var (action, message) = (ActionOf(method), new ClientsMessage(body));
        using var scope = EventScope.Begin("clients", action, logger);
        var limit = action == "register" ? Limit.Devices : Limit.LookUps;
        if ((await limiter.Enter(limit, address, null, CancellationToken.None)).RetryAfter is { } wait)
        {
            var withheld = ClientsAnswer.Withheld(action, wait);
            return new BodyAnswer(StatusOf(withheld.Outcome), NodeAnswer.Of(withheld), wait);
        }
        try
        {
            var answer =
                (message.Action ?? action) != action ? ClientsAnswer.Error("unknown action")
                : message.Parameters.ValueKind != JsonValueKind.Object ? ClientsAnswer.Failed(action, "parameters must be a JSON object")
                : action == "register" ? await accounts.Register(ClientKind.Node, message.Parameters)
                : await accounts.Update(ClientKind.Node, ClientToken.Parse(message.Token), address, message.Parameters);
            return new BodyAnswer(StatusOf(answer.Outcome), NodeAnswer.Of(answer));
        }
        catch (Exception failure)
        {
            scope.Failed(failure);
            var broken = ClientsAnswer.Refused(action, ClientRefusal.None);
            return new BodyAnswer(StatusOf(broken.Outcome), NodeAnswer.Of(broken));
        }
    }

    public object Refuse(string method, string reason) => NodeAnswer.Of(ClientsAnswer.Failed(ActionOf(method), reason));

    private static string ActionOf(string method) => method == "PUT" ? "register" : "update";

    private static int StatusOf(ClientsOutcome outcome) => outcome switch
    {
        ClientsOutcome.Done => 200,
        ClientsOutcome.Invalid => 400,
        ClientsOutcome.NotAllowed => 401,
        ClientsOutcome.TooLong => 413,
        ClientsOutcome.TooMany => 429,
        _ => 503,
    };
}
