using System.Diagnostics;
using OpenTelemetry;

namespace Gatehouse.Hosting;

/// <summary>Takes out of spans what names a person, a session or a room: who reads traces need not know who did what.</summary>
internal sealed class SpanPrivacy : BaseProcessor<Activity>
{
    private static readonly string[] Ids = ["orleans.rpc.target_id", "orleans.rpc.source_id", "orleans.grain.id"];

    public override void OnEnd(Activity span)
    {
        foreach (var id in Ids) span.SetTag(id, null);
    }
}
