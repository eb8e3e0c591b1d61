using System.Globalization;
using CsCheck;
using Gatehouse.GrainInterfaces.Clients;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests.Histories;

/// <summary>Whoever sends, acknowledges and looks at the same time, a mailbox is a list.</summary>
public sealed class MailboxHistoryTests(HistoryHouse house) : IClassFixture<HistoryHouse>
{
    private static readonly Gen<int[][]> AnyWork = Gen.Int[0, 9].Array[4].Array[3];

    [Fact]
    public Task AMailboxIsAList() => AnyWork.SampleAsync(
        async work =>
        {
            var history = await Run(work);
            Assert.True(history.IsLinearizable(Mail.Empty), history.ToString());
        },
        iter: 60, threads: 1);

    [Fact]
    public async Task AnAcknowledgementThatIsDroppedIsFound()
    {
        await using var mutant = await Mutant.Put(house, "DELETE ON client_queue", "RETURN NULL;");
        Assert.False((await Run([[0, 9, 6], [0, 6, 9]])).IsLinearizable(Mail.Empty));
    }

    private async Task<History<Mail>> Run(int[][] work)
    {
        var (client, node) = (await Gadget.Register(house, ClientKind.Client), await Gadget.Register(house, ClientKind.Node));
        var history = new History<Mail>();
        await Task.WhenAll(work.Select((steps, worker) => Work(worker, steps)));
        return history;

        async Task Work(int worker, int[] steps)
        {
            var own = new Queue<long>();
            foreach (var (number, step) in steps.Index())
            {
                if (step < 5)
                {
                    var content = $"{10 * worker + number}";
                    own.Enqueue(await history.Note(
                        "send " + content, async () => (await client.Send(node, content)).QueueId, (mail, id) => mail.Add(id, content)));
                }
                else if (step < 8 && own.TryDequeue(out var id))
                {
                    await history.Note(
                        $"acknowledge {id}", async () => Show((await node.Grain.Process(node.Proof, id).InTime()).Rows),
                        (mail, left) => mail.Without(id) is var next && next.Rows == left ? next : null);
                }
                else
                {
                    await history.Note(
                        "look", async () => Show((await node.Grain.GetQueue(0).InTime()).Rows), (mail, rows) => mail.Rows == rows ? mail : null);
                }
            }
        }
    }

    private static string Show(IEnumerable<QueueRow> rows) => string.Concat(rows.Select(row => Mail.Row(row.QueueId, row.Content)));

    private sealed record Mail(long Newest, string Rows)
    {
        public static readonly Mail Empty = new(0, "");

        public static string Row(long id, string content) => string.Create(CultureInfo.InvariantCulture, $"[{id}:{content}]");

        public Mail? Add(long id, string content) => id > Newest ? new(id, Rows + Row(id, content)) : null;

        public Mail Without(long id)
        {
            var begin = Rows.IndexOf($"[{id}:", StringComparison.Ordinal);
            return begin < 0 ? this : this with { Rows = Rows.Remove(begin, Rows.IndexOf(']', begin) - begin + 1) };
        }
    }
}
