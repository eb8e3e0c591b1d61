using Gatehouse.Gateway.Limits;
using Gatehouse.Gateway.Tests.Support;

namespace Gatehouse.Gateway.Tests;

/// <summary>What addresses and accounts may do, and how those who wait have their turn.</summary>
public sealed class LimiterTests
{
    private const string Here = "192.0.2.1", Elsewhere = "2001:db8:1:2::/64";

    /// <summary>Nothing comes back while a test runs.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromDays(1);

    public static TheoryData<Limit> OfAddresses =>
        [Limit.Handshakes, Limit.Registrations, Limit.Guests, Limit.Passwords, Limit.Devices, Limit.LookUps];

    [Theory, MemberData(nameof(OfAddresses))]
    public async Task AddressThatHasUsedUpALimitIsRefusedAndAnotherIsNot(Limit limit)
    {
        using var limiter = Limiters.Of(Of(limit, 2));
        Assert.True((await Enter(limiter, limit, Here)).IsGranted);
        Assert.True((await Enter(limiter, limit, Here)).IsGranted);
        Assert.InRange((await Enter(limiter, limit, Here)).RetryAfter!.Value, 1, (int)Long.TotalSeconds);
        Assert.True((await Enter(limiter, limit, Elsewhere)).IsGranted);
    }

    [Theory, MemberData(nameof(OfAddresses))]
    public async Task OneLimitThatIsUsedUpLeavesTheOthers(Limit limit)
    {
        using var limiter = Limiters.Of(Of(limit, 1));
        await Enter(limiter, limit, Here);
        foreach (var other in OfAddresses.Where(other => other != limit)) Assert.True((await Enter(limiter, other, Here)).IsGranted);
    }

    [Theory, MemberData(nameof(OfAddresses))]
    public async Task LimitOfNothingIsNone(Limit limit)
    {
        using var limiter = Limiters.Of(Of(limit, 0));
        for (var time = 0; time < 100_000; time++)
        {
            using var one = await Enter(limiter, limit, Here);
            Assert.True(one.IsGranted);
        }
    }

    [Fact]
    public async Task TenSecondsWorthComesAtOnceAndAsMuchMoreWaitsUntilItHasComeBack()
    {
        using var limiter = Limiters.Of(new() { Guests = 60 * 25, Window = TimeSpan.FromMinutes(1) });
        for (var number = 0; number < 250; number++) Assert.True(Enter(limiter, Limit.Guests, Here).IsCompletedSuccessfully);
        var waiting = Enumerable.Range(0, 250).Select(_ => Enter(limiter, Limit.Guests, Here)).ToList();
        foreach (var one in waiting.Where(one => one.IsCompleted)) Assert.True((await one).IsGranted);
        Assert.False(waiting[^1].IsCompleted);
        Assert.True((await waiting[0]).IsGranted);
    }

    [Fact]
    public async Task OfWhatIsRareAHundredComeAtOnceAndFurtherOnesWaitIfItIsNotForLong()
    {
        using var limiter = Limiters.Of(new() { Devices = 200, Window = TimeSpan.FromMinutes(10) });
        for (var number = 0; number < 100; number++) Assert.True(Enter(limiter, Limit.Devices, Here).IsCompletedSuccessfully);
        // One comes back each three seconds: the third to wait has its turn within ten.
        var waiting = Enumerable.Range(0, 3).Select(_ => Enter(limiter, Limit.Devices, Here)).ToList();
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        Assert.InRange((await Enter(limiter, Limit.Devices, Here)).RetryAfter!.Value, 10, 12);
    }

    [Fact]
    public async Task PasswordsForOneAccountAreLimitedWhereverTheyComeFromAndHoweverItsNameIsSpelled()
    {
        using var limiter = Limiters.Of(new() { Accounts = 2, Window = Long });
        Assert.True((await Enter(limiter, Limit.Passwords, Here, "ada")).IsGranted);
        Assert.True((await Enter(limiter, Limit.Passwords, Elsewhere, "Ada")).IsGranted);
        Assert.False((await Enter(limiter, Limit.Passwords, "198.51.100.7", "ADA")).IsGranted);
        Assert.True((await Enter(limiter, Limit.Passwords, Here, "grace")).IsGranted);
        Assert.True((await Enter(limiter, Limit.Registrations, Here, "ada")).IsGranted);
    }

    [Theory]
    [InlineData(Limit.Registrations)]
    [InlineData(Limit.Passwords)]
    public async Task SoManyOfAnAddressAreUnderWayAtOnceAndTheNextWaits(Limit limit)
    {
        using var limiter = Limiters.Of(new() { RegistrationsAtOnce = 1, PasswordsAtOnce = 1 });
        var first = await Enter(limiter, limit, Here);
        var second = Enter(limiter, limit, Here);
        Assert.False(second.IsCompleted);
        Assert.True((await Enter(limiter, limit, Elsewhere)).IsGranted);
        first.Dispose();
        Assert.True((await second).IsGranted);
    }

    [Fact]
    public void AConnectionThatIsOverGivesItsPlaceToAnother()
    {
        using var limiter = Limiters.Of(new() { Connections = 1 });
        var first = limiter.Occupy(Limit.Connections, Here);
        Assert.NotNull(limiter.Occupy(Limit.Connections, Here).RetryAfter);
        Assert.True(limiter.Occupy(Limit.Connections, Elsewhere).IsGranted);
        first.Dispose();
        Assert.True(limiter.Occupy(Limit.Connections, Here).IsGranted);
    }

    [Fact]
    public async Task LoginsDoNotWaitForRegistrationsOfTheSameAddress()
    {
        using var limiter = Limiters.Of(new() { RegistrationsAtOnce = 1 });
        await Enter(limiter, Limit.Registrations, Here);
        Assert.True((await Enter(limiter, Limit.Passwords, Here)).IsGranted);
    }

    [Fact]
    public async Task WhoeverIsGoneWaitsForNoPlace()
    {
        using var limiter = Limiters.Of(new() { RegistrationsAtOnce = 1 });
        using var gone = new CancellationTokenSource();
        var first = await Enter(limiter, Limit.Registrations, Here);
        var second = limiter.Enter(Limit.Registrations, Here, null, gone.Token).AsTask();
        var third = Enter(limiter, Limit.Registrations, Here);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        Assert.True((await third).IsGranted);
    }

    [Fact]
    public async Task EventsOfAConnectionBeyondABurstWaitTheirTurn()
    {
        var time = new FakeTimeProvider();
        using var limiter = Limiters.Of(new() { EventsPerSecond = 2 }, time);
        var connection = limiter.Connect(Here);
        for (var burst = 0; burst < 21; burst++) Assert.True(Count(connection).IsCompleted);
        await IsOverAfter(Count(connection), time, TimeSpan.FromSeconds(0.5));
        await IsOverAfter(Count(connection), time, TimeSpan.FromSeconds(0.5));
        // Another one has counts of its own, and an hour saves up no more than a burst.
        Assert.True(Count(limiter.Connect(Here)).IsCompleted);
        time.Advance(TimeSpan.FromHours(1));
        for (var burst = 0; burst < 21; burst++) Assert.True(Count(connection).IsCompleted);
        Assert.False(Count(connection).IsCompleted);
    }

    [Fact]
    public async Task ConnectionsOfAnAddressWaitForEachOther()
    {
        var time = new FakeTimeProvider();
        using var limiter = Limiters.Of(new() { AddressEventsPerSecond = 1, EventsPerSecond = 0 }, time);
        var (first, second) = (limiter.Connect(Here), limiter.Connect(Here));
        for (var burst = 0; burst < 11; burst++) Assert.True(Count(first).IsCompleted);
        await IsOverAfter(Count(second), time, TimeSpan.FromSeconds(1));
        Assert.True(Count(limiter.Connect(Elsewhere)).IsCompleted);
    }

    [Fact]
    public async Task BytesThatWereTakenBeyondTheLimitArePaidForByThoseAfterThem()
    {
        var time = new FakeTimeProvider();
        using var limiter = Limiters.Of(new() { BytesPerSecond = 100 }, time);
        var connection = limiter.Connect(Here);
        Assert.True(Count(connection, 500).IsCompleted);
        await IsOverAfter(Count(connection, 1), time, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task WhatAnEventBroughtIsPaidForByTheNextOfItsAddress()
    {
        var time = new FakeTimeProvider();
        using var limiter = Limiters.Of(new() { AddressBytesPerSecond = 100, BytesPerSecond = 0 }, time);
        limiter.Connect(Here).Charge(500);
        await IsOverAfter(Count(limiter.Connect(Here)), time, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task EventOfAConnectionThatIsGoneDoesNotWait()
    {
        using var limiter = Limiters.Of(new() { BytesPerSecond = 1 }, new FakeTimeProvider());
        var connection = limiter.Connect(Here);
        using var gone = new CancellationTokenSource();
        await connection.Count(1_000_000, gone.Token);
        var waiting = connection.Count(1, gone.Token);
        await gone.CancelAsync();
        await waiting.InTime();
    }

    [Fact]
    public void ConnectionWithoutLimitsNeverWaits()
    {
        using var limiter = Limiters.Of(
            new() { EventsPerSecond = 0, BytesPerSecond = 0, AddressEventsPerSecond = 0, AddressBytesPerSecond = 0 }, new FakeTimeProvider());
        var connection = limiter.Connect(Here);
        for (var time = 0; time < 100_000; time++) Assert.True(Count(connection, 1_000_000).IsCompleted);
    }

    [Fact]
    public void CountingAnEventAllocatesNothing()
    {
        using var limiter = Limiters.Of();
        var connection = limiter.Connect(Here);
        _ = Count(connection);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < 1000; time++) _ = Count(connection);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static Task Count(ConnectionLimits connection, int bytes = 1) => connection.Count(bytes, CancellationToken.None);

    private static async Task IsOverAfter(Task waiting, FakeTimeProvider time, TimeSpan wait)
    {
        time.Advance(wait - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting.InTime();
    }

    private static Task<Admission> Enter(Limiter limiter, Limit limit, string address, string? account = null) =>
        limiter.Enter(limit, address, account, TestContext.Current.CancellationToken).AsTask();

    private static LimitOptions Of(Limit limit, int most)
    {
        var options = new LimitOptions { Window = Long };
        typeof(LimitOptions).GetProperty($"{limit}")!.SetValue(options, most);
        return options;
    }
}
