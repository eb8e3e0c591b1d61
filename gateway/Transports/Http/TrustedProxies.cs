using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Gatehouse.Gateway.Transports.Http;

/// <summary>The proxies in front whose word about the client counts, see <see cref="WebOptions.TrustedProxies"/>.</summary>
public static class TrustedProxies
{
    private const string Setting = "Gatehouse:Web:TrustedProxies";
    private const int Most = 32;

    public static void AddTrustedProxies(this WebApplicationBuilder builder)
    {
        // A list is one text to the options, however it was written.
        if (builder.Configuration.GetSection(Setting) is { Value: null } list && list.Exists())
        {
            builder.Configuration[Setting] = string.Join(',', list.GetChildren().Select(part => part.Value));
        }
        // Without the setting, ASPNETCORE_FORWARDEDHEADERS_ENABLED does what it does everywhere.
        if (builder.Configuration[Setting] is not { Length: > 0 } setting || Parse(setting) is not { } trusted) return;
        // The framework's own switch adds its middleware, before all others. Added here as well it would run twice where the switch
        // is on already, and believe one proxy too many.
        builder.Configuration["ForwardedHeaders_Enabled"] = "true";
        builder.Services.PostConfigure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders =
                ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.ForwardLimit = trusted.Count;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in trusted.Networks) forwarded.KnownIPNetworks.Add(network);
        });
    }

    /// <summary>How many there are, null when their networks tell; and those, if they are given. Null when the text is neither.</summary>
    internal static (int? Count, IReadOnlyList<IPNetwork> Networks)? Parse(string setting)
    {
        int? count = null;
        var networks = new List<IPNetwork>();
        foreach (var part in setting.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            // Numbers first: as an address, 2 is 0.0.0.2.
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                if (count is not null || number > Most) return null;
                count = number;
            }
            else if (IPNetwork.TryParse(part, out var network))
            {
                networks.Add(network);
            }
            else if (IPAddress.TryParse(part, out var address))
            {
                networks.Add(new IPNetwork(address, 8 * address.GetAddressBytes().Length));
            }
            else
            {
                return null;
            }
        }
        return count is null && networks.Count == 0 ? null : (count, networks);
    }
}
