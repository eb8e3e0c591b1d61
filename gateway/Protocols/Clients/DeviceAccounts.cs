using System.Text.Json;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>Registering and updating, which need no connection.</summary>
public sealed class DeviceAccounts(IGrainFactory grains)
{
    /// <summary>How deep what is kept or passed on may be nested: so deep that no client chokes on it.</summary>
    public const int MaxDepth = 32;

    private const string NoObject = "information must be a JSON object";
    private const string TooDeep = "information is nested too deep";

    /// <summary>Action <c>register</c>.</summary>
    public async Task<ClientsAnswer> Register(ClientKind kind, JsonElement parameters)
    {
        var information = parameters.Field("information");
        // What describes a node is found by its hash.
        if (kind == ClientKind.Node && information.ValueKind == JsonValueKind.Undefined) information = JsonElement.Parse("{}");
        if (Fault(information) is { } fault) return ClientsAnswer.Failed("register", fault);
        var reply = await grains.ClientDirectory().Register(
            kind, information.GetRawText(), kind == ClientKind.Node ? parameters.Text("hash") : null);
        return reply.Refusal == ClientRefusal.None
            ? ClientsServerEvents.Registered(new ClientToken(reply.Id, reply.Secret))
            : ClientsAnswer.Refused("register", reply.Refusal);
    }

    /// <summary>Action <c>update</c>.</summary>
    /// <param name="kind">Who asks.</param>
    /// <param name="token">With what token; null when with none that can be good.</param>
    /// <param name="address">See <see cref="ClientProof.Address"/>.</param>
    /// <param name="parameters">What is to change.</param>
    public async Task<ClientsAnswer> Update(ClientKind kind, ClientToken? token, string? address, JsonElement parameters)
    {
        if (token is null) return ClientsAnswer.Refused("update", ClientRefusal.Token);
        var (information, hash) = (parameters.Field("information"), parameters.Field("hash"));
        var (hasInformation, hasHash) = (IsGiven(information), kind == ClientKind.Node && IsGiven(hash));
        // A node may change one of the two.
        if ((hasInformation || !hasHash) && Fault(information) is { } fault) return ClientsAnswer.Failed("update", fault);
        var refusal = await grains.Client(token.Id).Update(
            new ClientProof(kind, token.Secret, address),
            hasInformation ? information.GetRawText() : null,
            hasHash ? hash.Text() ?? "" : null);
        return refusal == ClientRefusal.None ? ClientsServerEvents.Updated : ClientsAnswer.Refused("update", refusal);
    }

    private static bool IsGiven(JsonElement value) => value.ValueKind != JsonValueKind.Undefined;

    private static string? Fault(JsonElement information) =>
        information.ValueKind != JsonValueKind.Object ? NoObject : RawJson.Of(information).IsAtMost(MaxDepth) ? null : TooDeep;
}
