using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Rooms;

namespace Gatehouse.Gateway.Console;

/// <summary>Rooms at the console: which there are, what is said in them, and what is done to them.</summary>
internal static class ConsoleRooms
{
    private const int MaxMinutes = 366 * 24 * 60;

    public static void MapRooms(this IEndpointRouteBuilder console)
    {
        console.MapGet("/rooms", List);
        // As a query, because a name may hold anything, slashes and dots included.
        var room = console.MapGroup("/room");
        room.MapGet("/", Inspect);
        room.MapGet("/messages", Read);
        room.MapPost("/delete-message", DeleteMessage);
        room.MapPost("/delete", (string name, HttpContext context, IGrainFactory grains) =>
            In(name, grains, room => room.Delete(context.Operator()).Answer()));
        room.MapPost("/mute", Mute);
        room.MapPost("/close", Close);
        room.MapPost("/open", (string name, HttpContext context, IGrainFactory grains) =>
            In(name, grains, room => room.Open(context.Operator()).Answer()));
    }

    private static async Task<IResult> List(string? prefix, string? after, IGrainFactory grains)
    {
        if (ConsoleAnswers.Shown(prefix, RoomName.MaxLength) is not { } typed || ConsoleAnswers.Shown(after, RoomName.MaxLength) is not { } last)
        {
            return NoSuchRoom();
        }
        var (largest, stored) = (grains.RoomDirectory().GetLargest(20), grains.RoomDirectory().List(typed, last, limit: 50));
        return Results.Json(new { largest = await largest, stored = (await stored).Names, (await stored).HasMore });
    }

    private static Task<IResult> Inspect(string name, IGrainFactory grains) => In(name, grains, async room =>
    {
        var (summary, members) = (await room.Inspect(), await room.GetMembers());
        return Results.Json(new
        {
            room = summary,
            members = members.Listed.Select(member => new { member.Name, level = member.Level.ToString() }),
            members.Total,
        });
    });

    private static Task<IResult> Read(string name, long? before, IGrainFactory grains) => In(name, grains, async room =>
    {
        var page = await room.ReadBack(before, limit: 50);
        return Results.Json(new
        {
            messages = page.Messages.Select(message => new { message.Sequence, message.At, message.Author, Body = message.Text() }),
            page.HasMore,
        });
    });

    private static Task<IResult> DeleteMessage(string name, MessageRequest message, HttpContext context, IGrainFactory grains) =>
        In(name, grains, room => room.RemoveMessage(context.Operator(), message.Sequence).Answer());

    private static Task<IResult> Mute(string name, MuteRequest mute, HttpContext context, IGrainFactory grains) =>
        ConsoleAnswers.Shown(mute.User) is not { Length: > 0 } user || mute.Minutes is < 0 or > MaxMinutes
            ? Task.FromResult(ConsoleAnswers.Problem(400, "A user is muted for a year at most; no minutes end it."))
            : In(name, grains, room => room.Mute(context.Operator(), user, TimeSpan.FromMinutes(mute.Minutes)).Answer());

    private static Task<IResult> Close(string name, CloseRequest close, HttpContext context, IGrainFactory grains) =>
        ConsoleAnswers.Shown(close.Reason) is not { } reason
            ? Task.FromResult(ConsoleAnswers.Problem(400, "A reason has at most 500 characters."))
            : In(name, grains, room => room.Close(context.Operator(), reason).Answer());

    private static Task<IResult> In(string name, IGrainFactory grains, Func<IRoomGrain, Task<IResult>> act) =>
        RoomName.Of(name) is { } spelled ? act(grains.Room(spelled)) : Task.FromResult(NoSuchRoom());

    private static IResult NoSuchRoom() => ConsoleAnswers.Problem(400, "No room has such a name.");

    private sealed record MessageRequest(long Sequence);

    private sealed record MuteRequest(string? User, int Minutes);

    private sealed record CloseRequest(string? Reason);
}
