using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Gatehouse.Grains.Clients;

[StatelessWorker]
public sealed class ClientDirectoryGrain(
    ClientStore clients, ClientSockets sockets, Mailbox mailboxes, ClientPushing pushing, IOptions<ClientOptions> options)
    : Grain, IClientDirectoryGrain
{
    /// <summary>What a node takes in a list besides hash and connection: names, id and punctuation.</summary>
    private const int NodeOverhead = 56;

    private const int MaxPageSize = 200;

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

    public async Task<OnlineNodes> GetOnlineNodes()
    {
        var limit = options.Value.NodeListSize;
        var online = await sockets.OnlineNodes(1 + (limit / NodeOverhead));
        var (listed, size) = (0, 0);
        while (listed < online.Count && (size += SizeOf(online[listed])) <= limit) listed++;
        return new OnlineNodes([.. online.Take(listed)], HasMore: listed < online.Count);
    }

    public async Task<MailboxPage> ListMailboxes(int from, int limit)
    {
        limit = Math.Clamp(limit, 1, MaxPageSize);
        var found = await mailboxes.List(from, limit + 1);
        return new MailboxPage([.. found.Take(limit)], HasMore: found.Count > limit);
    }

    public async Task<ImmutableArray<MailboxPosition>> FindBehind(ImmutableArray<MailboxPosition> positions) =>
        [.. await mailboxes.FindBehind(positions)];

    private static int SizeOf(OnlineNode node) =>
        NodeOverhead + JsonEncodedText.Encode(node.Hash).EncodedUtf8Bytes.Length + node.WsId.Length;
}
