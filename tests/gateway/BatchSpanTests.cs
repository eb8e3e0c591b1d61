using System.Diagnostics;
using Gatehouse.GrainInterfaces;

namespace Gatehouse.Gateway.Tests;

public sealed class BatchSpanTests : IDisposable
{
    private readonly ActivitySource _clients = new(nameof(BatchSpanTests));
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name is nameof(BatchSpanTests) or "Gatehouse.Batches",
        Sample = (ref options) => options.Name == "not sampled" ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.AllDataAndRecorded,
    };

    public BatchSpanTests() => ActivitySource.AddActivityListener(_listener);

    [Fact]
    public void WhatIsDoneForSeveralIsInTheTraceOfOneAndLinkedToEachOther()
    {
        var (first, second, third) = (Caller(), Caller(), Caller());
        using var span = BatchSpan.Begin("work", [null, first, second, first, third, second]);
        Assert.Equal((first.TraceId, first.SpanId), (span!.TraceId, span.ParentSpanId));
        Assert.Equal([second.Context, third.Context], span.Links.Select(link => link.Context));
    }

    [Fact]
    public void ACallerWhoseTraceIsSampledComesBeforeOneWhoseIsNot()
    {
        var (silent, sampled) = (Caller("not sampled"), Caller());
        using var span = BatchSpan.Begin("work", [silent, sampled]);
        Assert.Equal(sampled.TraceId, span!.TraceId);
        Assert.Empty(span.Links);
    }

    [Fact]
    public void WhoeverBeganToWorkHasNoPartInWhatIsDoneForOthersLater()
    {
        using var beginner = _clients.StartActivity("beginner");
        using var span = BatchSpan.Begin("work", []);
        Assert.NotEqual(beginner!.TraceId, span!.TraceId);
    }

    [Fact]
    public void WhatIsDoneForOneAnywayIsLinkedToOthersOfAnotherTrace()
    {
        var other = Caller();
        using var span = _clients.StartActivity("call")!;
        BatchSpan.Share([span, other, other]);
        Assert.Equal([other.Context], span.Links.Select(link => link.Context));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _clients.Dispose();
    }

    /// <summary>A span that is over, of a trace of its own.</summary>
    private Activity Caller(string name = "caller")
    {
        Activity.Current = null;
        using var span = _clients.StartActivity(name)!;
        return span;
    }
}
