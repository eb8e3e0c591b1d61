using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>A registered client or node, and what it would do over its connections.</summary>
internal sealed class Gadget(House house, ClientKind kind, int id, Secret secret)
{
    public int Id => id;

    public ClientProof Proof { get; } = new(kind, secret, RandomId.New());

    /// <summary>Asked for anew each time, because the house may have been restarted.</summary>
    public IClientGrain Grain => house.Grains.Client(id);

    public static async Task<Gadget> Register(House house, ClientKind kind, string information = "{}")
    {
        var reply = await house.Grains.ClientDirectory().Register(kind, information, kind == ClientKind.Node ? "Qm1" : null).InTime();
        Assert.Equal(ClientRefusal.None, reply.Refusal);
        return new Gadget(house, kind, reply.Id, reply.Secret);
    }

    public ClientSocket Socket(GatewayWatch gateway) => new(RandomId.New(), kind, gateway.Id);

    /// <summary>Logs in a new connection.</summary>
    public async Task<(ClientSocket Socket, ClientLogin Login)> LogIn(GatewayWatch gateway)
    {
        var socket = Socket(gateway);
        var login = await Grain.LogIn(Proof, socket).InTime();
        Assert.Equal(ClientRefusal.None, login.Refusal);
        return (socket, login);
    }

    /// <summary>Puts something into somebody's mailbox.</summary>
    public Task<QueueReply> Send(Gadget recipient, string content, long? answered = null, string? request = null) =>
        recipient.Grain.Enqueue(new QueuePost(id, kind, content, answered, request)).InTime();

    public async Task<List<(long QueueId, string Content)>> Queue() =>
        [.. (await Grain.GetQueue(0).InTime()).Rows.Select(row => (row.QueueId, row.Content))];
}
