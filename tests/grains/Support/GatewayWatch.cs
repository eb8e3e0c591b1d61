using System.Collections.Immutable;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>
/// A gateway process as the grains see it: a lease, and an observer that notes which sessions are said to have news, and what
/// rooms tell.
/// </summary>
internal sealed class GatewayWatch : IGatewayObserver
{
    private readonly Events<string> _woken = new();
    private readonly Events<(string WsId, ClientPush Push)> _pushed = new();
    private readonly Events<bool> _nodesChanged = new();
    private readonly Events<RoomUpdate> _told = new();
    private readonly Queue<RoomNotice> _notices = new();
    private readonly House _house;
    private readonly IGatewayObserver _reference;

    private GatewayWatch(House house)
    {
        _house = house;
        _reference = house.Grains.CreateObjectReference<IGatewayObserver>(this);
    }

    public string Id { get; } = RandomId.New();

    /// <summary>What has to be over before this gateway has taken an update.</summary>
    public Task Readiness { get; set; } = Task.CompletedTask;

    public static async Task<GatewayWatch> Start(House house)
    {
        var watch = new GatewayWatch(house);
        await watch.Renew();
        return watch;
    }

    public Task<LeaseRenewal> Renew() => _house.Grains.Gateway(Id).Renew(_reference).InTime();

    /// <summary>Renews, and returns the sessions that have a wake-up left.</summary>
    public async Task<List<string>> Left() => [.. (await Renew()).Wakes.Select(wake => wake.SessionId)];

    /// <summary>Says that it has looked after sessions.</summary>
    public Task Acknowledge(params ImmutableArray<SessionWake> wakes) => _house.Grains.Gateway(Id).Acknowledge(wakes).InTime();

    /// <summary>Puts the clock forward while this gateway lives and renews its lease.</summary>
    public async Task LiveFor(TimeSpan time)
    {
        var step = TimeSpan.FromSeconds(15);
        for (; time > TimeSpan.Zero; time -= step)
        {
            _house.Time.Advance(step);
            await Renew();
        }
    }

    public Task Leave() => _house.Grains.Gateway(Id).Leave().InTime();

    /// <summary>The session that is told of next.</summary>
    public Task<string> Woken() => _woken.Next();

    /// <summary>The sessions that were told of until now.</summary>
    public async Task<List<string>> WokenSoFar()
    {
        // Wake-ups come in order: what was sent before this one has arrived with it.
        var mark = RandomId.New();
        await _house.Grains.Gateway(Id).SessionsChanged([new SessionWake(mark, 0)]).InTime();
        var woken = new List<string>();
        while (await Woken() is var session && session != mark) woken.Add(session);
        return woken;
    }

    /// <summary>What a room tells next.</summary>
    public Task<RoomUpdate> Told() => _told.Next();

    /// <summary>The next messages that rooms tell, as many as these.</summary>
    public async Task<List<RoomMessage>> Hears(int count)
    {
        var heard = new List<RoomMessage>();
        while (heard.Count < count) heard.AddRange((await Told()).Messages);
        Assert.Equal(count, heard.Count);
        return heard;
    }

    /// <summary>A message as something to compare: its body is other memory in every process.</summary>
    public static (long Sequence, DateTimeOffset At, string Author, string Body) Shown(RoomMessage message) =>
        (message.Sequence, message.At, message.Author, message.Text());

    /// <summary>The next notice of a kind; what comes before it is passed over.</summary>
    public async Task<RoomNotice> Notices(RoomNoticeKind kind)
    {
        while (true)
        {
            while (_notices.TryDequeue(out var notice))
            {
                if (notice.Kind == kind) return notice;
            }
            foreach (var notice in (await Told()).Notices) _notices.Enqueue(notice);
        }
    }

    /// <summary>What the last update carried of the calls that led to it, see <see cref="CallFence"/> and <see cref="RepeatedCall"/>.</summary>
    public (bool Fence, bool IsRepeated) Carried { get; private set; }

    public async Task OnRoomUpdate(RoomUpdate update)
    {
        Carried = (CallFence.OfCall is not null, RepeatedCall.IsBeingHandled);
        _told.Add(update);
        await Readiness;
    }

    public Task OnSessionsChanged(ImmutableArray<SessionWake> wakes)
    {
        foreach (var wake in wakes) _woken.Add(wake.SessionId);
        return Task.CompletedTask;
    }

    /// <summary>What a connection is told next.</summary>
    public Task<(string WsId, ClientPush Push)> Pushed() => _pushed.Next();

    /// <summary>What connections were told until now.</summary>
    public async Task<List<(string WsId, ClientPush Push)>> PushedSoFar()
    {
        // What was sent before this has arrived with it.
        var mark = RandomId.New();
        await _house.Grains.Gateway(Id).Push([mark], new ClientPush(ClientPushKind.ClientToNode)).InTime();
        var told = new List<(string WsId, ClientPush Push)>();
        while (await Pushed() is var next && next.WsId != mark) told.Add(next);
        return told;
    }

    /// <summary>Waits until it is said that nodes came or went.</summary>
    public Task NodesHaveChanged() => _nodesChanged.Next();

    public Task OnPush(ImmutableArray<string> connectionIds, ClientPush push)
    {
        foreach (var connectionId in connectionIds) _pushed.Add((connectionId, push));
        return Readiness;
    }

    public Task OnNodesChanged()
    {
        _nodesChanged.Add(true);
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<Figure>> OnFiguresWanted() => Task.FromResult<ImmutableArray<Figure>>([new("gatehouse_watches", "", 1)]);
}
