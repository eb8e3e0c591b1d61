using Gatehouse.GrainInterfaces.Users;
using Gatehouse.Grains.Tests.Support;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Grains.Tests;

/// <summary>Guests who come at once are written together; none of them notices the others.</summary>
public sealed class GuestTests(House house) : IClassFixture<House>
{
    private GuestStore Guests => house.Host.Services.GetRequiredService<GuestStore>();

    [Fact]
    public async Task EachOfManyWhoComeAtOnceIsAGuestOfItsOwn()
    {
        var sessions = Enumerable.Range(0, 200).Select(number => Session($"{Guid.NewGuid():N}-{number}")).ToList();
        var entered = await Task.WhenAll(sessions.Select(Guests.Register)).InTime();
        Assert.Equal(200, entered.Select(guest => guest.UserName).Distinct().Count());
        foreach (var (session, guest) in sessions.Zip(entered))
        {
            Assert.Equal(guest.UserId, await house.Database.Value<Guid>(
                """
                SELECT u.id FROM users u JOIN user_sessions s ON s.user_id = u.id JOIN tokens t ON t.user_id = u.id
                WHERE s.session_id = $1 AND t.id = $2 AND s.family = $2 AND t.family = $2 AND u.name = $3 AND u.kind = 'guest'
                """,
                session.SessionId, guest.Token.Id, guest.UserName));
        }
    }

    [Fact]
    public async Task WhatCannotBeDoneInOneStatementIsDoneInSeveral()
    {
        // No statement may replace a session twice.
        var twice = Guid.NewGuid().ToString("N");
        var sessions = Enumerable.Range(0, 50).Select(number => number % 10 == 0 ? twice : Guid.NewGuid().ToString("N"));
        var entered = await Task.WhenAll(sessions.Select(session => Guests.Register(Session(session)))).InTime();
        Assert.All(entered, guest => Assert.Equal(UserKind.Guest, guest.Kind));
        var last = await house.Database.Value<Guid>("SELECT user_id FROM user_sessions WHERE session_id = $1", twice);
        Assert.Contains(entered, guest => guest.UserId == last);
    }

    private static SessionLocation Session(string id) => new(id, "session", ["one gateway", "another"]);
}
