using CsCheck;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Tests.Support;
using static Gatehouse.GrainInterfaces.Rooms.ModerationKind;

namespace Gatehouse.Grains.Tests.Histories;

/// <summary>Whoever speaks and moderates at the same time, a room is one order of messages that are stored, and heard at once and once.</summary>
public sealed class RoomHistoryTests(HistoryHouse house) : IClassFixture<HistoryHouse>
{
    [Fact]
    public Task ARoomIsOneOrderOfWhatIsStored() => Gen.Int[1, 5].Array[4].SampleAsync(
        async counts => Assert.Null(await FindFault(counts)), iter: 40, threads: 1);

    [Fact]
    public async Task AMessageThatIsPublishedAndNotStoredIsFound()
    {
        await using var mutant = await Mutant.Put(
            house, "INSERT ON room_messages", "IF NEW.sequence % 5 = 3 THEN RETURN NULL; END IF; RETURN NEW;");
        Assert.NotNull(await FindFault([3, 3]));
    }

    [Fact]
    public Task AModeratedRoomIsModeratedAtOneMoment() => Gen.Int[0, 7].Array[5].Array[2].SampleAsync(
        async work =>
        {
            var history = await Moderate(work[0], work[1]);
            Assert.True(history.IsLinearizable(new(IsIn: true, IsBanned: false, IsMuted: false)), history.ToString());
        },
        iter: 40, threads: 1);

    /// <summary>Lets so many members say so much; what is wrong with what came of it, or null.</summary>
    private async Task<string?> FindFault(int[] counts)
    {
        var room = RandomId.New();
        var gateways = await Task.WhenAll(GatewayWatch.Start(house), GatewayWatch.Start(house));
        var talkers = counts.Select((_, number) => new Talker(house, room, gateways[number % 2].Id, $"talker {number}")).ToList();
        foreach (var talker in talkers) await talker.Join();
        var said = await Task.WhenAll(talkers.Zip(counts, async (talker, count) =>
        {
            var numbers = new List<(long Number, string Body)>();
            for (var number = 0; number < count; number++)
            {
                var text = $"{talker.Member.Name}: {number}";
                numbers.Add((await talker.Says(text), Talker.Body(text)));
            }
            return numbers;
        }));
        var all = said.SelectMany(numbers => numbers).OrderBy(message => message.Number).ToList();
        var stored = await house.Database.Values<string>("SELECT sequence || body FROM room_messages WHERE room = $1 ORDER BY sequence", room);
        if (said.Any(numbers => !numbers.SequenceEqual(numbers.OrderBy(message => message.Number)))) return "A sender's messages are not in its order.";
        if (!stored.SequenceEqual(all.Select(message => $"{message.Number}{message.Body}"))) return "What was acknowledged is not what is stored.";
        foreach (var gateway in gateways.Take(counts.Length))
        {
            var heard = (await gateway.Hears(all.Count)).Select(message => (message.Sequence, message.Text()));
            if (!heard.SequenceEqual(all)) return "What was heard is not what was acknowledged.";
            await gateway.Leave();
        }
        return null;
    }

    private async Task<History<Standing>> Moderate(int[] orders, int[] words)
    {
        var (room, gateway) = (RandomId.New(), RandomId.New());
        var (root, ada) = (await Talker.NewAdministrator(house, room, gateway), new Talker(house, room, gateway, "Ada " + room[..8]));
        await root.Join();
        await ada.Join();
        var history = new History<Standing>();
        await Task.WhenAll(Order(), Speak(), Speak());
        await Enter();
        await Say();
        return history;

        async Task Order()
        {
            foreach (var order in orders) await (order switch { < 2 => Do(Ban), < 4 => Do(Unban), < 6 => Do(Mute, 3600), _ => Do(Mute) });
        }

        async Task Speak()
        {
            foreach (var _ in words) await Say();
        }

        Task Do(ModerationKind kind, int seconds = 0) => history.Note(
            $"{kind} {seconds}",
            () => root.Does(kind, ada, TimeSpan.FromSeconds(seconds)),
            (state, outcome) => outcome == ModerationOutcome.Done ? state.After(kind, seconds > 0) : null);

        Task Say() => history.Note(
            "say", async () => (await ada.Post("word")).Outcome,
            (state, outcome) => outcome == (!state.IsIn ? PostOutcome.NotMember : state.IsMuted ? PostOutcome.Muted : PostOutcome.Posted) ? state : null);

        Task Enter() => history.Note(
            "enter", async () => (await ada.Join()).Refusal == Refusal.None,
            (state, entered) => entered == state.IsBanned ? null : entered ? state with { IsIn = true } : state);
    }

    private sealed record Standing(bool IsIn, bool IsBanned, bool IsMuted)
    {
        public Standing After(ModerationKind kind, bool isForAWhile) => kind switch
        {
            Ban => this with { IsBanned = true, IsIn = false },
            Unban => this with { IsBanned = false },
            _ => this with { IsMuted = isForAWhile },
        };
    }
}
