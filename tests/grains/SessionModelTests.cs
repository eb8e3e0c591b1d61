using CsCheck;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;
using Gatehouse.Grains.Tests.Support;

namespace Gatehouse.Grains.Tests;

/// <summary>Whatever two devices do, in whatever order, the grains agree with a model that fits on a page.</summary>
public sealed class SessionModelTests(House house) : IClassFixture<House>
{
    private static readonly Gen<Step> AnyStep =
        from kind in Gen.Frequency(
            (3, StepKind.Guest),
            (5, StepKind.Token),
            (3, StepKind.LogOut),
            (1, StepKind.Upgrade),
            (2, StepKind.Reconnect),
            (1, StepKind.Disconnect))
        from device in Gen.Int[0, 1]
        from token in Gen.Int[0, 9]
        select new Step(kind, device, token);

    private enum StepKind
    {
        Guest,
        Token,
        LogOut,
        Upgrade,
        Reconnect,
        Disconnect,
    }

    [Fact]
    public Task TwoDevicesAgreeWithTheModel() =>
        AnyStep.List[1, 16].SampleAsync(steps => new Run(house).Go(steps), iter: 60, threads: 1);

    private sealed record Step(StepKind Kind, int Device, int Token);

    /// <summary>One login on one device, and all that came of it.</summary>
    private sealed class Family(User user)
    {
        public User User => user;

        public bool IsRevoked { get; set; }

        /// <summary>The newest token: all others lead to it, because the clock stands almost still.</summary>
        public IssuedToken? Newest { get; set; }
    }

    private sealed class User
    {
        public bool IsGuest { get; set; } = true;
    }

    /// <summary>A session: what the model believes, and the real one.</summary>
    private sealed class Side(Device device)
    {
        public Device Device { get; set; } = device;

        public LoginState State { get; set; }

        public Family? Family { get; set; }

        public long Sequence { get; set; }
    }

    private sealed class Run(House house)
    {
        private readonly Side[] _sides = [new(house.NewDevice()), new(house.NewDevice())];
        private readonly List<(IssuedToken Token, Family Family)> _tokens = [];

        public async Task Go(List<Step> steps)
        {
            foreach (var step in steps)
            {
                var side = _sides[step.Device];
                await (step.Kind switch
                {
                    StepKind.Guest => BecomeGuest(side),
                    StepKind.Token => ShowToken(side, step.Token),
                    StepKind.LogOut => LogOut(side),
                    StepKind.Upgrade => Upgrade(side),
                    StepKind.Reconnect => Reconnect(side),
                    _ => Disconnect(side),
                });
                foreach (var each in _sides) await Compare(each);
            }
        }

        private async Task BecomeGuest(Side side)
        {
            var command = side.Device.LogInAsGuest();
            if (side.State != LoginState.Undefined) await command.IsRefused(Refusal.NotAllowed);
            else Enter(side, new Family(new User()), await Happened(side, command, SessionEventKind.BecameGuest, LoginState.Guest));
        }

        private async Task ShowToken(Side side, int number)
        {
            if (_tokens.Count == 0) return;
            var (token, family) = _tokens[number % _tokens.Count];
            var command = side.Device.LogIn(token);
            if (side.State != LoginState.Undefined)
            {
                await command.IsRefused(Refusal.NotAllowed);
            }
            else if (family.IsRevoked)
            {
                await command.IsRefused(Refusal.Token);
            }
            else
            {
                var state = family.User.IsGuest ? LoginState.Guest : LoginState.User;
                var given = await Happened(side, command, SessionEventKind.LoggedIn, state);
                if (token == family.Newest) Assert.DoesNotContain(_tokens, known => known.Token == given.Token);
                else Assert.Equal(family.Newest, given.Token);
                Enter(side, family, given);
            }
        }

        private async Task LogOut(Side side)
        {
            var command = side.Device.LogOut();
            if (side.State == LoginState.Undefined)
            {
                await command.IsRefused(Refusal.NotAllowed);
                return;
            }
            await Happened(side, command, SessionEventKind.LoggedOut, LoginState.Undefined);
            side.Family!.IsRevoked = true;
            foreach (var other in _sides.Where(other => other != side && other.Family == side.Family))
            {
                other.Sequence++;
                (other.State, other.Family) = (LoginState.Undefined, null);
            }
            side.Family = null;
        }

        private async Task Upgrade(Side side)
        {
            var command = side.Device.Upgrade(Person.New());
            if (side.State != LoginState.Guest)
            {
                await command.IsRefused(Refusal.NotAllowed);
            }
            else
            {
                await Happened(side, command, SessionEventKind.Upgraded, LoginState.User);
                var user = side.Family!.User;
                user.IsGuest = false;
                foreach (var other in _sides.Where(other => other != side && other.Family?.User == user))
                {
                    other.Sequence++;
                    other.State = LoginState.User;
                }
            }
        }

        private static async Task Reconnect(Side side)
        {
            var secret = await side.Device.MakeResumable();
            await side.Device.Disconnect();
            side.Device = side.Device.Reconnected();
            var resumed = await side.Device.Resume(secret, side.Sequence);
            Assert.Equal((true, side.State, side.Sequence), (resumed.Recovered, resumed.State, resumed.Sequence));
            Assert.Empty(resumed.Events);
        }

        /// <summary>For good: the client's next connection has a session of its own.</summary>
        private async Task Disconnect(Side side)
        {
            await side.Device.Disconnect();
            side.Device = house.NewDevice();
            (side.State, side.Family, side.Sequence) = (LoginState.Undefined, null, 0);
        }

        private static async Task<SessionEvent> Happened(
            Side side, Task<SessionReply> command, SessionEventKind kind, LoginState state)
        {
            var happened = await command.Succeeds();
            Assert.Equal((++side.Sequence, kind, state), (happened.Sequence, happened.Kind, happened.State));
            side.State = state;
            return happened;
        }

        private void Enter(Side side, Family family, SessionEvent entered)
        {
            (side.Family, family.Newest) = (family, entered.Token);
            if (_tokens.All(known => known.Token != entered.Token)) _tokens.Add((entered.Token!, family));
        }

        private async Task Compare(Side side)
        {
            // A gateway does this when it is woken.
            await side.Device.Revalidate();
            Assert.Equal(side.State, await side.Device.State());
            Assert.Equal(
                side.State == LoginState.Undefined ? 0 : 1, (await house.StoredSession(side.Device.SessionId)).Count);
            var revoked = await house.Database.Values<string>("SELECT id FROM tokens WHERE revoked_at IS NOT NULL");
            foreach (var (token, family) in _tokens) Assert.Equal(family.IsRevoked, revoked.Contains(token.Id));
        }
    }
}
