using System.Collections.Immutable;
using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Clients;

[StatelessWorker]
public sealed class ClientDirectoryGrain(
    ClientStore clients, ClientSockets sockets, ClientPushing pushing, IOptions<ClientOptions> options) : Grain, IClientDirectoryGrain
{
    public async Task<ClientRegistration> Register(ClientKind kind, string information, string? hash)
    {
        if (Encoding.UTF8.GetByteCount(information) > options.Value.InformationLimit) return new(ClientRefusal.Information);
        if (kind == ClientKind.Node ? !NodeHash.IsAcceptable(hash) : hash is not null) return new(ClientRefusal.Hash);
        var secret = new Secret(RandomId.NewSecret());
        var id = await clients.Add(new ClientRow(kind, ClientStore.HashOf(secret), information, hash));
        return new ClientRegistration(ClientRefusal.None, id, secret);
    }

    public async Task ReportLocations(ImmutableArray<ClientSocket> located)
    {
        await sockets.Put(located);
        if (located.Any(socket => socket.Kind == ClientKind.Node)) await pushing.NodesChanged();
    }

    public async Task Leave(string wsId)
    {
        if (await sockets.Leave(wsId)) await pushing.NodesChanged();
    }

    public async Task<ForwardReply> Forward(string wsId, ClientKind kind, ClientPush push)
    {
        if (await sockets.Find(wsId, kind) is not { } found) return new ForwardReply(false, null);
        var (socket, isOnline) = found;
        return new ForwardReply(
            isOnline && await GrainFactory.Gateway(socket.GatewayId).Push([wsId], push), socket.ClientId);
    }

    public async Task<ImmutableArray<OnlineNode>> GetOnlineNodes() => [.. await sockets.OnlineNodes()];
}
