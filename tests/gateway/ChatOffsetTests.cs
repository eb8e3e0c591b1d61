using Gatehouse.Gateway.Protocols.Chat;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Tests;

/// <summary>What a client has seen is told by its offset, or it has seen nothing.</summary>
public sealed class ChatOffsetTests
{
    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "entry-1_")]
    public void OffsetTellsWhatWasSeenAndInWhichDialect(bool withId, string? entry)
    {
        var offset = new ChatOffset("the-room", 42, withId, entry);
        Assert.Equal(offset, ChatOffset.Parse(offset.ToString()));
        Assert.Equal(offset, ChatOffset.Parse(offset + ".3"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0.0")]
    [InlineData("0.0.1")]
    [InlineData("0.0.r5")]
    [InlineData("0.0.rthe-room.")]
    [InlineData("0.0.rthe-room.-1")]
    [InlineData("0.0.rthe-room.99999999999999999999")]
    [InlineData("0.0.rthe-room.5.")]
    [InlineData("0.0.rthe-room.5.e")]
    [InlineData("0.0.rthe-room.5.1.2")]
    [InlineData("0.0.rthe-room.5\n")]
    [InlineData("1.0.rthe-room.5")]
    [InlineData("é")]
    [InlineData("\"")]
    [InlineData("\0")]
    public void OffsetOfNoRoomTellsNothing(string? offset) => Assert.Null(ChatOffset.Parse(offset));

    [Theory]
    [InlineData("the-room", 43, null, true)]
    [InlineData("the-room", 42, null, false)] // its answer to Auth was not seen
    [InlineData("the-room", 42, "second", true)]
    [InlineData("the-room", 50, "first", false)]
    [InlineData("anotherx", 43, null, false)]
    [InlineData("anotherx", 42, "second", false)]
    public void OffsetCountsForTheEntryThatTheClientKnowsOf(string room, long sequence, string? seen, bool expected)
    {
        var entry = RoomEntry.Refused(Refusal.None) with { Id = "second", Since = 42 };
        Assert.Equal(expected, new ChatOffset(room, sequence, WithId: false, seen).IsOf("the-room", entry));
    }
}
