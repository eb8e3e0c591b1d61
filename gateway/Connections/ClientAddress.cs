using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Gateway.Connections;

/// <summary>A client's network address as limits count it.</summary>
public static class ClientAddress
{
    /// <summary>The address as text; of IPv6 only the /64 prefix, because that is what one customer gets.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4().ToString();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes) + "/64";
    }
}
