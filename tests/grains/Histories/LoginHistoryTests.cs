using CsCheck;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests.Histories;

/// <summary>Whoever logs in, rotates, logs out and changes the password at the same time, each happens at one moment.</summary>
public sealed class LoginHistoryTests(HistoryHouse house) : IClassFixture<HistoryHouse>
{
    private const string Old = "the old password", New = "the new password";

    [Fact]
    public Task AFamilyIsOneChainUntilItIsRevoked() => Gen.Int[0, 9].Array[3].Array[3].SampleAsync(
        async work =>
        {
            var (history, wakes) = await Rotate(work);
            Assert.True(history.IsLinearizable(Family.Of(0)), history.ToString());
            Assert.True(wakes, "Somebody was logged out, and nobody has to tell them.");
        },
        iter: 40, threads: 1);

    [Fact]
    public async Task ALogoutThatWakesNobodyIsFound()
    {
        await using var mutant = await Mutant.Put(house, "INSERT ON session_wakes", "RETURN NULL;");
        Assert.False((await Rotate([[0], [0, 9]])).AreWoken);
    }

    [Fact]
    public async Task AnOverlapThatIsForgottenIsFound()
    {
        await using var mutant = await Mutant.Put(
            house, "UPDATE OF rotated_to ON tokens", "NEW.rotated_at := '2000-01-01'; RETURN NEW;");
        Assert.False((await Rotate([[0, 1], [0]])).History.IsLinearizable(Family.Of(0)));
    }

    [Fact]
    public Task APasswordChangesAtOneMoment() => Gen.Bool.Array[3].SampleAsync(
        async news =>
        {
            var history = await ChangePassword(news);
            Assert.True(history.IsLinearizable(new Account(Old, "")), history.ToString());
        },
        iter: 30, threads: 1);

    [Fact]
    public async Task AnOldVersionThatIsAcceptedIsFound()
    {
        // Those who have compared with the old one wait for the change, which takes a while.
        await using var mutant = await Mutant.Put(
            house, "UPDATE OF version ON users", "PERFORM pg_sleep(0.05); NEW.version := OLD.version; RETURN NEW;");
        var isFound = false;
        for (var attempt = 0; attempt < 50 && !isFound; attempt++)
        {
            isFound = !(await ChangePassword([false, false, false, false])).IsLinearizable(new Account(Old, ""));
        }
        Assert.True(isFound);
    }

    /// <summary>Several show the tokens of one login, and somebody may log out; the wake-ups must be there when all have ended.</summary>
    private async Task<(History<Family> History, bool AreWoken)> Rotate(int[][] work)
    {
        var gateway = await GatewayWatch.Start(house);
        var (first, _) = await house.NewUser();
        var tokens = new List<IssuedToken> { (await first.Revalidate())[0].Token! };
        var (history, inside, isRevoked) = (new History<Family>(), new List<string>(), false);
        await Task.WhenAll(work.Select(async steps =>
        {
            foreach (var step in steps) await (step == 9 ? LogOut() : Show(step));
        }));
        var woken = await gateway.Left();
        await gateway.Leave();
        return (history, !isRevoked || inside.All(woken.Contains));

        async Task Show(int step)
        {
            IssuedToken shown;
            lock (tokens) shown = tokens[step % tokens.Count];
            var device = house.NewDevice(gateway: gateway.Id);
            await history.Note(
                $"show {Number(shown)}",
                async () =>
                {
                    var reply = await device.LogIn(shown);
                    if (reply.Events is not [{ Token: { } token }]) return -1;
                    lock (tokens) inside.Add(device.SessionId);
                    return Number(token);
                },
                (family, successor) => family.Show(Number(shown), successor));
        }

        async Task LogOut()
        {
            isRevoked = true;
            await history.Note("log out", async () => (await first.LogOut()).Refusal, (family, _) => family with { IsRevoked = true });
        }

        // In the order in which they were first seen.
        int Number(IssuedToken token)
        {
            lock (tokens)
            {
                if (!tokens.Contains(token)) tokens.Add(token);
                return tokens.IndexOf(token);
            }
        }
    }

    /// <summary>Logins by the old or the new password while it changes, and who is in afterwards.</summary>
    private async Task<History<Account>> ChangePassword(bool[] news)
    {
        var (owner, person) = (house.NewDevice(), Person.New() with { Password = Old });
        var entered = await owner.Register(person).Succeeds();
        var (user, history) = (house.Grains.User(entered.UserId!.Value), new History<Account>());
        var devices = news.Select(_ => house.NewDevice()).ToList();
        await Task.WhenAll(devices.Select((device, number) => LogIn(device, number, news[number] ? New : Old)).Prepend(Change()));
        foreach (var (number, device) in devices.Index()) await Look(device, number);
        return history;

        Task Change() => history.Note(
            "change the password", () => user.ChangePassword(new Secret(Old), new Secret(New), entered.Token!.Id).InTime(),
            (account, outcome) => outcome == (account.Password == Old ? PasswordChange.Changed : PasswordChange.Wrong) ? new Account(New, "") : null);

        Task LogIn(Device device, int number, string password) => history.Note(
            $"{number} logs in by {password}", async () => (await device.LogIn(person.Name, password)).Refusal == Refusal.None,
            (account, isIn) => isIn != (account.Password == password) ? null : isIn ? account with { Inside = account.Inside + number } : account);

        Task Look(Device device, int number) => history.Note(
            $"whether {number} is in",
            async () =>
            {
                await device.Revalidate();
                return await device.State() == LoginState.User;
            },
            (account, isIn) => isIn == account.Inside.Contains($"{number}", StringComparison.Ordinal) ? account : null);
    }

    /// <summary>The tokens that there are, the newest last.</summary>
    private sealed record Family(string Chain, bool IsRevoked)
    {
        public static Family Of(int token) => new($"<{token}>", false);

        /// <summary>Whoever shows the newest token gets the next one; whoever shows another one gets the newest; after the end nobody gets any.</summary>
        public Family? Show(int token, int successor)
        {
            if (IsRevoked) return successor == -1 ? this : null;
            var (shown, given) = ($"<{token}>", $"<{successor}>");
            if (!Chain.Contains(shown, StringComparison.Ordinal)) return null;
            if (Chain.EndsWith(shown, StringComparison.Ordinal)) return successor == -1 || Chain.Contains(given, StringComparison.Ordinal) ? null : this with { Chain = Chain + given };
            return Chain.EndsWith(given, StringComparison.Ordinal) ? this : null;
        }
    }

    private sealed record Account(string Password, string Inside);
}
