namespace Gatehouse.GrainInterfaces.Clients;

/// <summary>What grains tell connections of clients and nodes. It can be lost, so what must not be lost is never only here.</summary>
/// <param name="Kind">What has happened.</param>
/// <param name="SenderWsId">The connection that a message comes from; otherwise empty.</param>
/// <param name="Content">The message's JSON; otherwise empty.</param>
[GenerateSerializer, Immutable, Alias("Gatehouse.ClientPush")]
public sealed record ClientPush(
    [property: Id(0)] ClientPushKind Kind, [property: Id(1)] string SenderWsId = "", [property: Id(2)] string Content = "");
