using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Sessions;
using Gatehouse.GrainInterfaces.Tokens;

namespace Gatehouse.Grains.Tests.Support;

/// <summary>What a test expects of a session's answer.</summary>
internal static class Replies
{
    /// <summary>It succeeded, with one event.</summary>
    public static async Task<SessionEvent> Succeeds(this Task<SessionReply> command)
    {
        var reply = await command;
        Assert.Equal(Refusal.None, reply.Refusal);
        return Assert.Single(reply.Events);
    }

    /// <summary>It was refused, and nothing happened.</summary>
    public static async Task IsRefused(this Task<SessionReply> command, Refusal reason)
    {
        var reply = await command;
        Assert.Equal(reason, reply.Refusal);
        Assert.Empty(reply.Events);
    }

    /// <summary>It logged in, and this is the token to keep.</summary>
    public static async Task<IssuedToken> GivesToken(this Task<SessionReply> command)
    {
        var token = (await command.Succeeds()).Token;
        Assert.NotNull(token);
        return token;
    }
}
