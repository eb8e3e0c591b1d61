using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.GrainInterfaces.Gateways;
using Gatehouse.Hosting;

namespace Gatehouse.Gateway.Observability;

/// <summary>What this gateway counts, for whoever looks at all of them together.</summary>
public sealed class GatewayFigures(ProcessMetrics metrics)
{
    private const string Ours = "gatehouse_";
    private static readonly string[] PartsOfHistograms = ["_bucket", "_sum", "_count"];

    /// <summary>Our own metrics but for histograms, as <c>/metrics</c> says them.</summary>
    public ImmutableArray<Figure> Read() => Parse(metrics.Collect());

    /// <summary>The same, of any text in that format.</summary>
    public static ImmutableArray<Figure> Parse(string text) =>
    [
        .. from line in text.Split('\n')
           where line.StartsWith(Ours, StringComparison.Ordinal)
           let end = line.LastIndexOf(' ')
           let brace = line.IndexOf('{')
           let name = line[..(brace < 0 ? end : brace)]
           where !PartsOfHistograms.Any(name.EndsWith)
           select new Figure(
               name, brace < 0 ? "" : line[(brace + 1)..(end - 1)], double.Parse(line.AsSpan(end + 1), CultureInfo.InvariantCulture)),
    ];
}
