using Gatehouse.Gateway.Connections;
using Gatehouse.GrainInterfaces;
using Gatehouse.Hosting;
using Microsoft.Extensions.Options;

namespace Gatehouse.Gateway.Console;

/// <summary>What goes on: the processes and what they count, and the mailboxes in which something waits.</summary>
internal static class ConsoleStatus
{
    public static void MapStatus(this IEndpointRouteBuilder console)
    {
        console.MapGet("/status", async (IGrainFactory grains, GatewayIdentity gateway, IOptions<OperatorOptions> options) => Results.Json(new
        {
            cluster = await grains.Cluster().GetStatus(),
            rooms = await grains.RoomDirectory().GetLargest(10),
            // Which gateway answers, so that one knows whose page it is.
            gateway = gateway.Id,
            options.Value.Dashboard,
        }));
        console.MapGet("/mailboxes", async (int? from, IGrainFactory grains) =>
        {
            var page = await grains.ClientDirectory().ListMailboxes(from ?? 0, limit: 50);
            return Results.Json(new
            {
                mailboxes = page.Mailboxes.Select(mailbox => new
                {
                    mailbox.ClientId,
                    kind = mailbox.Kind.ToString(),
                    mailbox.Rows,
                    mailbox.Size,
                    mailbox.OldestId,
                    mailbox.OldestAt,
                    mailbox.IsOnline,
                }),
                page.HasMore,
            });
        });
    }
}
