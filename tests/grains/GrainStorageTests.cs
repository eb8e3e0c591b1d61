using Gatehouse.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Gatehouse.Grains.Tests;

/// <summary>Orleans' storage with our statements: what grains may rely on.</summary>
public sealed class GrainStorageTests(House house) : IClassFixture<House>
{
    private readonly GrainId _grain = GrainId.Create("note", "note/" + Guid.NewGuid());

    private IGrainStorage Storage => house.Host.Services.GetRequiredService<IGrainStorage>();

    [Fact]
    public async Task WhatWasNeverWrittenIsNotThere()
    {
        var read = await Read();
        Assert.Equal((null, null, false), (read.State?.Text, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task WhatIsWrittenIsReadBackWithItsVersion()
    {
        var written = await Write(new GrainState<Note>(), "first");
        Assert.True(written.RecordExists);
        await Write(written, "second");
        var read = await Read();
        Assert.Equal(("second", written.ETag, true), (read.State?.Text, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task OfConcurrentFirstWritesOneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async number =>
        {
            try
            {
                await Write(new GrainState<Note>(), $"{number}");
                return number;
            }
            catch (InconsistentStateException)
            {
                return -1;
            }
        }));
        var winner = Assert.Single(outcomes, number => number >= 0);
        Assert.Equal($"{winner}", (await Read()).State?.Text);
    }

    [Fact]
    public async Task OfConcurrentUpdatesOneWins()
    {
        await Write(new GrainState<Note>(), "first");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async number =>
            await Record.ExceptionAsync(async () => await Write(await Read(), $"{number}"))));
        Assert.Contains(outcomes, outcome => outcome is null);
        Assert.All(outcomes, outcome => Assert.True(outcome is null or InconsistentStateException));
    }

    [Fact]
    public async Task AWriteOverAnotherVersionFailsAndChangesNothing()
    {
        var stale = await Write(new GrainState<Note>(), "first");
        await Write(await Read(), "second");
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(stale, "third"));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(new GrainState<Note>(), "fourth"));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Clear(stale));
        Assert.Equal("second", (await Read()).State?.Text);
    }

    [Fact]
    public async Task AClearedStateCanBeWrittenAnew()
    {
        var state = await Write(new GrainState<Note>(), "first");
        await Clear(state);
        Assert.Equal((null, null, false), (state.State?.Text, state.ETag, state.RecordExists));
        Assert.False((await Read()).RecordExists);
        await Write(state, "second");
        Assert.Equal("second", (await Read()).State?.Text);
    }

    [Fact]
    public async Task ClearingWhatIsNotThereDoesNothing()
    {
        var state = new GrainState<Note>();
        await Clear(state);
        await Clear(state);
        Assert.False((await Read()).RecordExists);
    }

    [Fact]
    public async Task AWriteAfterSomebodyElseClearedFails()
    {
        var stale = await Write(new GrainState<Note>(), "first");
        await Clear(await Read());
        await Assert.ThrowsAsync<InconsistentStateException>(() => Write(stale, "second"));
        Assert.False((await Read()).RecordExists);
    }

    [Fact]
    public async Task StateNamesKeepRowsApart()
    {
        await Write(new GrainState<Note>(), "a note");
        var other = new GrainState<Note>();
        await Storage.ReadStateAsync("other", _grain, other);
        Assert.False(other.RecordExists);
    }

    private async Task<GrainState<Note>> Read()
    {
        var state = new GrainState<Note>();
        await Storage.ReadStateAsync("note", _grain, state).InTime();
        return state;
    }

    private async Task<GrainState<Note>> Write(GrainState<Note> state, string text)
    {
        state.State = new Note { Text = text };
        await Storage.WriteStateAsync("note", _grain, state).InTime();
        return state;
    }

    private Task Clear(GrainState<Note> state) => Storage.ClearStateAsync("note", _grain, state).InTime();

    [GenerateSerializer]
    internal sealed record Note
    {
        [Id(0)]
        public string? Text { get; init; }
    }
}
