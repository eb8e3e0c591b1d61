using Gatehouse.Cluster.Tests.Support;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.Cluster.Tests;

/// <summary>
/// A silo ends without a word while much is under way. What was acknowledged is there, once; of what broke off nobody knows, but
/// nothing is half done, and whoever asks again is served.
/// </summary>
[Collection(nameof(ThreeSilos))]
public sealed class LostSiloTests(ThreeSilos house)
{
    [Fact]
    public async Task RegistrationsAreDoneOrNotAtAll()
    {
        var people = Enumerable.Range(0, 60).Select(_ => Person.New()).ToList();
        var replies = await house.LosingASilo(10, people, async (person, answered) =>
        {
            var reply = await house.NewDevice().Register(person);
            answered.Add();
            return reply;
        });
        foreach (var (person, reply) in people.Zip(replies))
        {
            if (reply is null) await ThreeSilos.OrNull(() => house.NewDevice().Register(person));
            await house.NewDevice().LogIn(person).Succeeds();
        }
        Assert.Equal(0, await house.Database.Value<long>("""
            SELECT count(*) FROM users
            WHERE NOT EXISTS (SELECT FROM tokens WHERE user_id = users.id) OR (password_hash IS NULL AND email IS NOT NULL)
            """));
    }

    [Fact]
    public async Task MessagesOfARoomAreThereOnceInTheOrderOfTheirSenders()
    {
        const int each = 30;
        var gateways = await house.Gateways();
        var rooms = Enumerable.Range(0, 9).Select(_ => RandomId.New()).ToList();
        var talkers = rooms.SelectMany(room => gateways.Select((gateway, number) =>
            (Room: room, Talker: new Talker(house, room, gateway.Id, $"talker {number}")))).ToList();
        foreach (var (_, talker) in talkers) await talker.Join();

        var acknowledged = await house.LosingASilo(100, talkers, async (it, answered) =>
        {
            var said = new List<string>();
            for (var count = 0; count < each; count++)
            {
                var text = $"{it.Talker.Member.Name}: {count}";
                if ((await ThreeSilos.Say(it.Talker, text))?.Outcome == PostOutcome.Posted) said.Add(text);
                answered.Add();
            }
            return said;
        });
        foreach (var (room, ofRoom) in rooms.Zip(acknowledged.Chunk(gateways.Length)))
        {
            var stored = await house.Said(room);
            Assert.Distinct(stored);
            Assert.Empty(ofRoom.SelectMany(said => said!).Except(stored));
            Assert.All(ofRoom, said => Assert.Equal(said, stored.Where(said!.Contains)));
        }
    }

    [Fact]
    public async Task AMailboxHoldsWhatWasSentAndNothingThatWasAcknowledged()
    {
        const int rows = 12;
        var client = await Gadget.Register(house, ClientKind.Client);
        var nodes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Gadget.Register(house, ClientKind.Node)));
        var handled = await house.LosingASilo(30, nodes, async (node, answered) =>
        {
            var sent = new List<long>();
            for (var count = 0; count < rows; count++)
            {
                var reply = await ThreeSilos.OrNull(() => client.Send(node, $"{count}"));
                if (reply?.Refusal == ClientRefusal.None) sent.Add(reply.QueueId);
                answered.Add();
            }
            // The first half is acknowledged, again and again until somebody answers.
            foreach (var row in sent[..(sent.Count / 2)])
            {
                while (await ThreeSilos.OrNull(() => node.Grain.Process(node.Proof, row).InTime()) is null) { }
            }
            return sent;
        });
        foreach (var (node, sent) in nodes.Zip(handled.Select(ids => ids!)))
        {
            var left = await node.Queue();
            Assert.Distinct(left.Select(row => row.Content));
            Assert.Empty(sent[(sent.Count / 2)..].Except(left.Select(row => row.QueueId)));
            Assert.Empty(left.Select(row => row.QueueId).Intersect(sent[..(sent.Count / 2)]));
        }
    }

    [Fact]
    public async Task WhoeverLogsInOrRotatesATokenIsTakenForNoThief()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.NewUser()));
        var tokens = await house.LosingASilo(40, people, async (it, answered) =>
        {
            var token = await Insist(answered, device => device.LogIn(it.Person));
            for (var count = 0; count < 6; count++)
            {
                var shown = token;
                token = await Insist(answered, device => device.LogIn(shown));
            }
            return token;
        });
        foreach (var token in tokens) await house.NewDevice().LogIn(token!).Succeeds();
    }

    [Fact]
    public async Task ALoginThatIsRepeatedBecauseItsAnswerWasLostIsAnsweredAsTheFirst()
    {
        var (_, person) = await house.NewUser();
        var device = house.NewDevice();
        var first = await device.LogIn(person).Succeeds();
        await device.LogIn(person).IsRefused(Refusal.NotAllowed);
        RepeatedCall.Mark();
        Assert.Equal(first, await device.LogIn(person).Succeeds());
    }

    [Fact]
    public async Task AnEndOfALoginThatNobodyHeardOfBeforeTheSiloWasLostIsToldAfterwards()
    {
        var devices = new List<Device>();
        for (var count = 0; count < 24; count++)
        {
            var (here, there) = (house.NewDevice(), house.NewDevice());
            await there.LogIn(await here.LogInAsGuest().GivesToken()).Succeeds();
            await here.LogOut().Succeeds();
            // The session knows and has stored it; its answer is lost.
            Assert.Single(await there.Revalidate(after: 1, LoginState.Guest));
            devices.Add(there);
        }
        await house.Host.ReplaceOne();
        foreach (var there in devices)
        {
            var told = Assert.Single(await there.Revalidate(after: 1, LoginState.Guest));
            Assert.Equal((2, SessionEventKind.LoggedOut, LoginState.Undefined), (told.Sequence, told.Kind, told.State));
            Assert.Empty(await there.Revalidate(after: told.Sequence, told.State));
        }
    }

    /// <summary>Asks on a new device each time until there is an answer, which must be a token.</summary>
    private async Task<IssuedToken> Insist(Answered answered, Func<Device, Task<SessionReply>> logIn)
    {
        while (true)
        {
            var device = house.NewDevice();
            if (await ThreeSilos.OrNull(() => logIn(device)) is not { } reply) continue;
            answered.Add();
            return await Task.FromResult(reply).GivesToken();
        }
    }
}
