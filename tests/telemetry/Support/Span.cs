using System.Text;

namespace Gatehouse.Telemetry.Tests.Support;

/// <summary>A span as OTLP carries it (opentelemetry/proto/trace/v1/trace.proto), as far as we ask.</summary>
/// <param name="Service">Which process it is of, by <c>OTEL_SERVICE_NAME</c>.</param>
/// <param name="Source">The activity source.</param>
/// <param name="TraceId">Which trace it belongs to.</param>
/// <param name="Id">Its own id.</param>
/// <param name="ParentId">Its parent's; empty when it has none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Those that are text.</param>
/// <param name="LinkedTraces">The traces that it is linked to.</param>
internal sealed record Span(
    string Service,
    string Source,
    string TraceId,
    string Id,
    string ParentId,
    string Name,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> LinkedTraces)
{
    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<Span> Read(byte[] request) =>
        from resource in Fields(request, 1)
        let service = AttributesOf(Fields(resource, 1).Single(), 1)["service.name"]
        from scope in Fields(resource, 2)
        let source = Text(Fields(scope, 1).Single(), 1)
        from span in Fields(scope, 2)
        select new Span(
            service, source, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), AttributesOf(span, 9),
            [.. Fields(span, 13).Select(link => Hex(link, 1))]);

    private static Dictionary<string, string> AttributesOf(byte[] message, int number) => Fields(message, number).ToDictionary(
        attribute => Text(attribute, 1), attribute => Text(Fields(attribute, 2).Single(), 1));

    private static IEnumerable<byte[]> Fields(byte[] message, int number) =>
        ProtobufField.Read(message).Where(field => field.Number == number).Select(field => field.Bytes);

    private static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Fields(message, number).FirstOrDefault([]));

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(Fields(message, number).FirstOrDefault([]));
}
