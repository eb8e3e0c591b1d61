using System.Net;
using Gatehouse.Gateway.Connections;

namespace Gatehouse.Gateway.Tests;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void OfIPv6OnlyThePrefixCounts(string address, string counted) =>
        Assert.Equal(counted, ClientAddress.Of(IPAddress.Parse(address)));

    [Fact]
    public void ConnectionWithoutAnAddressIsUnknown() => Assert.Equal("unknown", ClientAddress.Of(null));
}
