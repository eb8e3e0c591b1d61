namespace SocketIo.Tests.Engine;

public sealed class LargeMessageGateTests
{
    private const int Large = 100_000;

    private readonly LargeMessageGate _gate = new(limit: 2 * 8 * Large);

    [Fact]
    public void LargeMessagesAreHandledAsManyAtATimeAsFit()
    {
        var turns = Enumerable.Range(0, 4).Select(_ => _gate.EnterAsync(Large)).ToList();
        Assert.Equal([true, true, false, false], turns.Select(turn => turn.IsCompleted));
        _gate.Leave(Large);
        Assert.Equal([true, true, true, false], turns.Select(turn => turn.IsCompleted));
    }

    [Fact]
    public void AMessageThatIsLargerThanAllTheRoomThereIsGoesAlone()
    {
        Assert.True(_gate.EnterAsync(10 * Large).IsCompleted);
        var next = _gate.EnterAsync(2 * Large);
        Assert.False(next.IsCompleted);
        _gate.Leave(10 * Large);
        Assert.True(next.IsCompleted);
    }

    [Fact]
    public void WhatIsSmallerThanItsShareDoesNotWaitBehindOthers()
    {
        for (var i = 0; i < 10; i++) _ = _gate.EnterAsync(Large);
        Assert.True(_gate.EnterAsync(Large / 10).IsCompleted);
    }
}
