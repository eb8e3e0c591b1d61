using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Clients;

public sealed class ClientGrain(
    ClientStore clients, ClientSockets sockets, Mailbox mailbox, ClientPushing pushing, IOptions<ClientOptions> options)
    : Grain, IClientGrain
{
    private readonly ClientOptions _limits = options.Value;
    private ClientRow? _client;
    private bool _isTrusted;

    private int Id => int.Parse(GrainKeys.IdOf(this.GetPrimaryKeyString()), CultureInfo.InvariantCulture);

    public override async Task OnActivateAsync(CancellationToken cancellationToken) => _client = await clients.Find(Id);

    public async Task<ClientLogin> LogIn(ClientProof proof, ClientSocket socket)
    {
        var refusal = await Check(proof);
        if (refusal != ClientRefusal.None) return ClientLogin.Refused(refusal);
        await sockets.Put([socket with { Kind = proof.Kind, ClientId = Id }]);
        if (proof.Kind == ClientKind.Node) await pushing.NodesChanged();
        var queue = await mailbox.Page(Id, 0);
        return new ClientLogin(ClientRefusal.None, _client!.Information, _client.Hash, queue.Rows, queue.HasMore);
    }

    public async Task<ClientRefusal> Check(ClientProof proof)
    {
        var guard = proof.Address is null ? null : GrainFactory.AddressGuard(proof.Address);
        var isRight = _client?.Kind == proof.Kind
            && CryptographicOperations.FixedTimeEquals(_client.SecretHash, ClientStore.HashOf(proof.Secret));
        var isTold = guard is null || (isRight ? !await guard.IsShut() : await guard.RecordFailure());
        if (!isTold || !isRight) return Distrust(isTold ? ClientRefusal.Token : ClientRefusal.Withheld);
        if (!_client!.WasUsed)
        {
            // It may have been removed because nobody had come for it.
            if (!await clients.Use(Id)) return Distrust(ClientRefusal.Token);
            _client = _client with { WasUsed = true };
        }
        _isTrusted = true;
        return ClientRefusal.None;
    }

    public async Task<ClientRefusal> Update(ClientProof proof, string? information, string? hash)
    {
        var refusal = await Check(proof);
        if (refusal != ClientRefusal.None) return refusal;
        if (information is not null && Encoding.UTF8.GetByteCount(information) > _limits.InformationLimit) return ClientRefusal.Information;
        if (hash is not null && (_client!.Kind != ClientKind.Node || !NodeHash.IsAcceptable(hash))) return ClientRefusal.Hash;

        var updated = _client! with { Information = information ?? _client.Information, Hash = hash ?? _client.Hash };
        await clients.Update(Id, updated.Information, updated.Hash);
        var isMoved = updated.Hash != _client.Hash;
        _client = updated;
        if (isMoved) await pushing.NodesChanged();
        return ClientRefusal.None;
    }

    public async Task<QueueReply> Enqueue(QueuePost post)
    {
        if (_client is null || _client.Kind == post.SenderKind) return new QueueReply(Distrust(ClientRefusal.Recipient));
        var size = Encoding.UTF8.GetByteCount(post.Content);
        if (size > _limits.ContentLimit) return new QueueReply(ClientRefusal.Content);
        var (reply, answersLongMailbox) = await mailbox.Add(Id, post, size, _limits);
        // Removed since it was read.
        if (reply.Refusal == ClientRefusal.Recipient) Distrust(reply.Refusal);
        if (reply.Refusal != ClientRefusal.None) return reply;
        await pushing.QueueChanged(Id, _client.Kind);
        if (answersLongMailbox) await pushing.QueueChanged(post.Sender, post.SenderKind);
        return reply;
    }

    public async Task<QueueState> Process(ClientProof proof, long queueId)
    {
        var refusal = await Check(proof);
        if (refusal != ClientRefusal.None) return new QueueState(refusal, []);
        var wasLong = await mailbox.Remove(Id, queueId);
        if (wasLong) await pushing.QueueChanged(Id, proof.Kind);
        return await mailbox.Page(Id, 0);
    }

    public Task<int?> FindSender(long queueId) => mailbox.FindSender(Id, queueId);

    public Task<QueueState> GetQueue(long after) => mailbox.Page(Id, after);

    /// <summary>Guesses must not fill the memory: an activation that was made for one ends with it.</summary>
    private ClientRefusal Distrust(ClientRefusal refusal)
    {
        if (!_isTrusted) DeactivateOnIdle();
        return refusal;
    }
}
