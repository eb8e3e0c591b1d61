using Gatehouse.Gateway.Observability;
using Gatehouse.GrainInterfaces.Gateways;

namespace Gatehouse.Gateway.Tests;

public sealed class GatewayFiguresTests
{
    [Fact]
    public void OurOwnMetricsAreReadAndNoHistograms() => Assert.Equal(
        [new Figure("gatehouse_connection_active", "transport=\"signalr\"", 3), new Figure("gatehouse_event_total", "", 1.5)],
        GatewayFigures.Parse(
            """
            # HELP gatehouse_connection_active Open client connections.
            # TYPE gatehouse_connection_active gauge
            gatehouse_connection_active{transport="signalr"} 3
            gatehouse_event_total 1.5
            gatehouse_hash_seconds_bucket{le="+Inf"} 3
            gatehouse_hash_seconds_sum 3
            gatehouse_hash_seconds_count 3
            process_runtime_gc 7
            """));
}
