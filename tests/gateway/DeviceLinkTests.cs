using System.Reflection;
using Gatehouse.Gateway.Protocols.Clients;
using Gatehouse.Gateway.Tests.Support;
using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Clients;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Gateway.Tests;

public sealed class DeviceLinkTests
{
    private readonly Mailbox _mailbox;
    private readonly DeviceLink _link;
    private int _answers;

    public DeviceLinkTests()
    {
        var grains = DispatchProxy.Create<IGrainFactory, Grains>();
        var mailbox = DispatchProxy.Create<IClientGrain, Mailbox>();
        ((Grains)(object)grains).Mailbox = mailbox;
        _mailbox = (Mailbox)(object)mailbox;
        _link = new DeviceLink(ClientKind.Node, new FakeConnection(), "gateway", grains, _ => Task.FromResult(_answers++), NullLogger.Instance);
    }

    [Fact]
    public async Task PositionIsThatOfTheLastRowThatWasSent()
    {
        Assert.Null(_link.Position);
        await _link.LogIn(new ClientToken(1, new Secret(RandomId.NewSecret()))).InTime();
        Assert.Equal(new MailboxPosition(1, 0), _link.Position);
        _mailbox.Failures = 2;
        for (var look = 0; look < 2; look++)
        {
            await _link.Revalidate().InTime();
            Assert.Equal((1, 0L), (_answers, _link.Position!.Seen));
        }
        await _link.Revalidate().InTime();
        Assert.Equal((2, 1L), (_answers, _link.Position!.Seen));
    }

    /// <summary>One message waits in it.</summary>
    public class Mailbox : DispatchProxy
    {
        internal int Failures { get; set; }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            if (method!.Name == nameof(IClientGrain.LogIn)) return Task.FromResult(new ClientLogin(ClientRefusal.None, "{}", null, []));
            Assert.Equal(nameof(IClientGrain.GetQueue), method.Name);
            if (Failures-- > 0) return Task.FromException<QueueState>(new TimeoutException());
            return Task.FromResult(new QueueState(ClientRefusal.None, [new QueueRow(1, 2, 1, "{}", null)]));
        }
    }

    public class Grains : DispatchProxy
    {
        internal IClientGrain? Mailbox { get; set; }

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => Mailbox;
    }
}
