using Gatehouse.Gateway.Delivery.Rooms;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Tests.Support;

/// <summary>A member that notes what it is handed.</summary>
internal sealed class RoomListener : IRoomListener
{
    public List<long> Heard { get; } = [];

    public List<RoomNotice> Notices { get; } = [];

    public bool IsEvicted { get; private set; }

    public void Receive(RoomNews news)
    {
        Assert.NotEmpty(news.Messages);
        Heard.AddRange(news.Messages.Select(message => message.Sequence));
    }

    public void Receive(RoomNoticeNews notice) => Notices.Add(notice.Notice);

    /// <summary>What the client's taking waits for.</summary>
    public Func<Task> BeforeTaken { get; set; } = () => Task.CompletedTask;

    public async Task<bool> Taken()
    {
        await BeforeTaken();
        return true;
    }

    public void Evicted() => IsEvicted = true;
}
