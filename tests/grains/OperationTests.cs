using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Operators;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;
using Npgsql;

namespace Gatehouse.Grains.Tests;

/// <summary>What operators do to accounts, and what the audit log says of it.</summary>
public sealed class OperationTests(House house) : IClassFixture<House>
{
    private static readonly Operator Somebody = new(Guid.CreateVersion7(), "Opal", "192.0.2.7");

    [Fact]
    public async Task ABanEndsTheLoginsOnEveryGatewayAndIsInTheLog()
    {
        var gateway = await GatewayWatch.Start(house);
        var (device, person) = (house.NewDevice(gateway: gateway.Id), Person.New());
        await device.Register(person).Succeeds();
        var user = await UserOf(person);
        Assert.Equal(OperatorOutcome.Done, await user.Ban(Somebody, "spam", TimeSpan.FromHours(1)).InTime());

        Assert.Equal(device.SessionId, await gateway.Woken());
        Assert.Equal(LoginState.Undefined, Assert.Single(await device.Revalidate(after: 1)).State);
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Withheld);
        var account = await user.Inspect().InTime();
        Assert.Equal((true, "spam", 0), (account!.Details.IsBanned, account.BanReason, account.Logins.Length));

        var entry = Assert.Single(await Log(account.Details.Id));
        Assert.Equal(AuditAct.OnUser(Somebody, "ban", account.Details.Id, "01:00:00: spam"), entry.Act);
        Assert.Equal((person.Name, OperatorOutcome.Done), (entry.Name, entry.Outcome));
    }

    [Fact]
    public async Task ABanThatIsOverLetsTheUserInAgainAndTheNextOneByHandHasNoEnd()
    {
        var (_, person) = await house.NewUser();
        var user = await UserOf(person);
        await user.Ban(Somebody, "", TimeSpan.FromMinutes(1)).InTime();
        await house.Sweep();
        Assert.True((await user.Inspect().InTime())!.Details.IsBanned);
        house.Time.Advance(TimeSpan.FromMinutes(2));
        await house.NewDevice().LogIn(person).Succeeds();
        Assert.Null((await user.Inspect().InTime())!.BannedUntil);

        await house.Database.Execute("UPDATE users SET is_banned = true WHERE name = $1", person.Name);
        house.Time.Advance(TimeSpan.FromDays(400));
        await house.Sweep();
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Withheld);
    }

    [Fact]
    public async Task WhatCannotBeLoggedIsNotDone()
    {
        var (device, person) = await house.NewUser();
        var user = await UserOf(person);
        var unwritable = Somebody with { Address = "nowhere" };
        await house.Database.Execute("ALTER TABLE audit_log ADD CONSTRAINT unwritable CHECK (address <> 'nowhere') NOT VALID");
        await Assert.ThrowsAnyAsync<Exception>(() => user.Ban(unwritable, "", null).InTime());
        await Assert.ThrowsAnyAsync<Exception>(() => user.EndLogins(unwritable, null).InTime());
        Assert.Empty(await device.Revalidate(after: 1));
        Assert.False((await user.Inspect().InTime())!.Details.IsBanned);
    }

    [Fact]
    public async Task NobodyBansThemselvesOrGivesUpBeingAnAdministrator()
    {
        var (_, person) = await house.NewUser();
        var user = await UserOf(person);
        var self = Somebody with { Id = (await user.GetDetails().InTime())!.Id };
        Assert.Equal(OperatorOutcome.Done, await user.SetPermission(Somebody, Permission.Admin, true).InTime());
        Assert.Equal(OperatorOutcome.Done, await user.SetPermission(Somebody, Permission.Admin, true).InTime());
        Assert.Equal([Permission.Admin], (await user.GetDetails().InTime())!.Permissions);
        Assert.Equal(OperatorOutcome.NotAllowed, await user.SetPermission(self, Permission.Admin, false).InTime());
        Assert.Equal(OperatorOutcome.NotAllowed, await user.Ban(self, "", null).InTime());
        Assert.Equal(
            [OperatorOutcome.NotAllowed, OperatorOutcome.NotAllowed, OperatorOutcome.Done, OperatorOutcome.Done],
            (await Log(self.Id)).Select(entry => entry.Outcome));
        Assert.Equal(OperatorOutcome.Done, await user.SetPermission(Somebody, Permission.Admin, false).InTime());
        Assert.Empty((await user.GetDetails().InTime())!.Permissions);
    }

    [Fact]
    public async Task OneLoginIsEndedOrAll()
    {
        var (first, person) = await house.NewUser();
        var (second, third) = (house.NewDevice(), house.NewDevice());
        await second.LogIn(person).Succeeds();
        await third.LogIn(person).Succeeds();
        var user = await UserOf(person);
        var login = (await first.Revalidate())[0].Token!;
        Assert.Equal(OperatorOutcome.Done, await user.EndLogins(Somebody, login.Id).InTime());
        Assert.Equal(OperatorOutcome.NotFound, await user.EndLogins(Somebody, login.Id).InTime());
        Assert.Single(await first.Revalidate(after: 1));
        Assert.Empty(await second.Revalidate(after: 1));
        Assert.Equal(OperatorOutcome.Done, await user.EndLogins(Somebody, null).InTime());
        Assert.Single(await second.Revalidate(after: 1));
        Assert.Single(await third.Revalidate(after: 1));
        Assert.Equal(OperatorOutcome.NotFound, await house.Grains.User(Guid.CreateVersion7()).EndLogins(Somebody, null).InTime());
    }

    [Fact]
    public async Task AForgottenPasswordIsReplacedByACodeOnce()
    {
        var (device, person) = await house.NewUser();
        var user = await UserOf(person);
        var (replaced, code) = ((await user.AllowReset(Somebody).InTime()).Code, (await user.AllowReset(Somebody).InTime()).Code);
        var wanted = new Secret("another password");
        Assert.Equal(PasswordChange.Wrong, await user.ResetPassword(replaced, wanted).InTime());
        Assert.Equal(PasswordChange.TooShortOrLong, await user.ResetPassword(code, new Secret("short")).InTime());
        Assert.NotNull(await house.Grains.UserDirectory().FindByResetCode(code).InTime());
        Assert.Equal(PasswordChange.Changed, await user.ResetPassword(code, wanted).InTime());
        Assert.Equal(PasswordChange.Wrong, await user.ResetPassword(code, new Secret("a third password")).InTime());

        Assert.Single(await device.Revalidate(after: 1));
        await house.NewDevice().LogIn(person).IsRefused(Refusal.Password);
        await house.NewDevice().LogIn(person.Name, wanted.Value).Succeeds();
        Assert.DoesNotContain(await Log((await user.GetDetails().InTime())!.Id), entry => entry.Act.Detail.Contains(code.Value));
    }

    [Fact]
    public async Task ACodeIsGoodForAnHourAndForNoGuest()
    {
        var (_, person) = await house.NewUser();
        var user = await UserOf(person);
        var code = (await user.AllowReset(Somebody).InTime()).Code;
        house.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(PasswordChange.Wrong, await user.ResetPassword(code, new Secret("another password")).InTime());
        var guest = (await house.NewDevice().LogInAsGuest().GivesToken()).UserId;
        Assert.Equal(OperatorOutcome.NotFound, (await house.Grains.User(guest).AllowReset(Somebody).InTime()).Outcome);
    }

    [Theory]
    [InlineData("UPDATE audit_log SET detail = ''")]
    [InlineData("DELETE FROM audit_log")]
    [InlineData("TRUNCATE audit_log")]
    public async Task TheLogIsAppendOnly(string change)
    {
        await house.Grains.Audit().Record(new AuditAct(Somebody, "log_in", "console")).InTime();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => house.Database.Execute(change));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task TheLogIsReadInPagesOfOneSubjectOrOneOperator()
    {
        var (log, by) = (house.Grains.Audit(), Somebody with { Id = Guid.CreateVersion7() });
        for (var number = 1; number <= 5; number++)
        {
            await log.Record(AuditAct.OnRoom(by, "close", number % 2 == 0 ? "even" : "odd", $"{number}")).InTime();
        }
        var (read, before) = (new List<string>(), (long?)null);
        AuditPage page;
        do
        {
            page = await log.Read(before, null, by.Id, limit: 2).InTime();
            read.AddRange(page.Entries.Select(entry => entry.Act.Detail));
            before = page.Entries[^1].Id;
        }
        while (page.HasMore);
        Assert.Equal(["5", "4", "3", "2", "1"], read);
        Assert.Equal(["4", "2"], (await log.Read(null, "room/even", null, 10).InTime()).Entries.Select(entry => entry.Act.Detail));
    }

    [Fact]
    public async Task UsersAreFoundByTheBeginningOfTheirNamesOrByAddressOrId()
    {
        var prefix = "Zoë " + Guid.NewGuid().ToString("N")[..8];
        string[] names = [$"{prefix} a", $"{prefix} b", $"{prefix} c"];
        foreach (var name in names) await house.NewDevice().Register(Person.New() with { Name = name }).Succeeds();
        var directory = house.Grains.UserDirectory();
        var first = await directory.Search(prefix.ToUpperInvariant(), null, limit: 2).InTime();
        var second = await directory.Search(prefix, first.Next, limit: 2).InTime();
        Assert.Null(second.Next);
        Assert.Equal(names, first.Users.Concat(second.Users).Select(user => user.Name));
        foreach (var text in new[] { first.Users[1].Email!, first.Users[1].Id.ToString() })
        {
            Assert.Equal(names[1], Assert.Single((await directory.Search(text, null, limit: 2).InTime()).Users).Name);
        }
        Assert.Empty((await directory.Search("nobody is called so", null, limit: 2).InTime()).Users);
    }

    private async Task<IUserGrain> UserOf(Person person) =>
        house.Grains.User((await house.Grains.UserDirectory().FindByName(person.Name).InTime())!.Value);

    private async Task<IEnumerable<AuditEntry>> Log(Guid userId) =>
        (await house.Grains.Audit().Read(null, $"user/{userId:D}", null, 100).InTime()).Entries;
}
