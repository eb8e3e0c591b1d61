using Gatehouse.Gateway.Concurrency;
using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;

namespace Gatehouse.Gateway.Protocols.Clients;

/// <summary>
/// What ties one connection to one device, as a client or as a node: whom it is logged in as, and what of the mailbox it was sent.
/// Actions come one at a time; wake-ups may come at any time.
/// </summary>
public sealed partial class DeviceLink(
    ClientKind kind, IConnection connection, string gatewayId, IGrainFactory grains, Func<ClientsAnswer, Task> answer, ILogger logger)
{
    private readonly AsyncLock _delivering = new();
    private readonly Coalesced _revalidating = new();
    private ClientToken? _token;
    private long _seen;

    /// <summary>Whether more is in the mailbox than may be with the device at a time: the rest comes when some of it was acknowledged.</summary>
    private bool _hasMore;

    /// <summary>Which of the two.</summary>
    public ClientKind Kind => kind;

    /// <summary>Whether the client has said anything as this.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Where it can be reached; null when it cannot.</summary>
    public ClientSocket? Socket { get; private set; }

    /// <summary>Whether anybody may believe that it can be reached.</summary>
    public bool MustLeave { get; private set; }

    /// <summary>Whether somebody is logged in.</summary>
    public bool IsLoggedIn => _token is not null;

    /// <summary>How far it has come with the mailbox; null when nobody is logged in.</summary>
    public MailboxPosition? Position => _token is { } token ? new MailboxPosition(token.Id, Volatile.Read(ref _seen)) : null;

    /// <summary>Sends an answer, as this device's events.</summary>
    public Task Answer(ClientsAnswer what) => answer(what);

    /// <summary>Logs in, and delivers what waits.</summary>
    public async Task LogIn(ClientToken? token)
    {
        using var held = await Turn();
        MustLeave = true;
        var login = token is null
            ? ClientLogin.Refused(ClientRefusal.Token)
            : await grains.Client(token.Id).LogIn(Prove(token), new ClientSocket(connection.VisibleId, kind, gatewayId));
        if (login.Refusal != ClientRefusal.None)
        {
            await answer(ClientsAnswer.Refused("login", login.Refusal));
            return;
        }
        _token = token;
        Socket = new ClientSocket(connection.VisibleId, kind, gatewayId, token!.Id);
        _seen = 0;
        See(new(ClientRefusal.None, login.Queue, login.HasMore));
        // Else a login of a few bytes would have a whole mailbox read, as often as anybody likes.
        connection.Limits.Charge(login.Queue.Sum(row => row.Content.Length));
        await answer(ClientsServerEvents.Logged(Socket, login));
    }

    /// <summary>Acknowledges a row, and tells what is left.</summary>
    public async Task ProcessQueue(ClientToken? token, long? queueId)
    {
        using var held = await Turn();
        if (token is null || queueId is null)
        {
            await answer(token is null
                ? ClientsAnswer.Refused("processQueue", ClientRefusal.Token)
                : ClientsAnswer.Failed("processQueue", "queue_id must be a number"));
            return;
        }
        var left = await Process(token, queueId.Value);
        if (left.Refusal != ClientRefusal.None)
        {
            await answer(ClientsAnswer.Refused("processQueue", left.Refusal));
            return;
        }
        if (token.Id == _token?.Id)
        {
            if (_hasMore)
            {
                // As on every connection of the device, the rest comes by itself.
                _ = Revalidate();
                var unseen = left.Rows.Count(row => row.QueueId > _seen);
                left = left with { Rows = left.Rows[..^unseen], HasMore = left.HasMore || unseen > 0 };
            }
            See(left);
        }
        await answer(ClientsServerEvents.UpdateQueue(left));
    }

    /// <summary>Removes a row from the mailbox of a token's owner.</summary>
    public Task<QueueState> Process(ClientToken token, long queueId) => grains.Client(token.Id).Process(Prove(token), queueId);

    /// <summary>Whether a token is good.</summary>
    public async Task<ClientRefusal> Check(ClientToken? token) =>
        token is null ? ClientRefusal.Token
        : token == _token ? ClientRefusal.None
        : await grains.Client(token.Id).Check(Prove(token));

    /// <summary>The token that a message is judged by: the one that it shows, or else the one that is logged in.</summary>
    public ClientToken? TokenOf(string? shown) => shown is null ? _token : ClientToken.Parse(shown);

    /// <summary>The address that answers for a token; null for the connection's own, which the failures of others do not shut out.</summary>
    public string? AddressFor(ClientToken? token) => token == _token ? null : connection.Address;

    /// <summary>Makes sure that an answer finds a connection on which nobody has logged in.</summary>
    public async Task Place()
    {
        if (Socket is not null) return;
        MustLeave = true;
        var socket = new ClientSocket(connection.VisibleId, kind, gatewayId);
        await grains.ClientDirectory().ReportLocations([socket]);
        Socket = socket;
    }

    /// <summary>The mailbox may have something new: delivers it. Never throws.</summary>
    public Task Revalidate() => _revalidating.Run(DeliverUnseen, LogFailed);

    /// <summary>For one after the other, each when the client has taken most of what was sent before: a page fits then.</summary>
    private async ValueTask<AsyncLock.Held> Turn()
    {
        var held = await _delivering.Acquire();
        await connection.Taken();
        return held;
    }

    private ClientProof Prove(ClientToken token) => new(kind, token.Secret, AddressFor(token));

    private async Task DeliverUnseen()
    {
        using var held = await Turn();
        if (_token is null) return;
        var unseen = await grains.Client(_token.Id).GetQueue(_seen);
        See(unseen);
        if (!unseen.Rows.IsEmpty) await answer(ClientsServerEvents.Queue(unseen));
    }

    private void See(QueueState sent)
    {
        _hasMore = sent.HasMore;
        if (sent.Rows is [.., var newest]) _seen = Math.Max(_seen, newest.QueueId);
    }

    [LoggerMessage(LogLevel.Warning, "clients: a mailbox could not be looked into")]
    private partial void LogFailed(Exception failure);
}
