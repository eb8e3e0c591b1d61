using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace SocketIo.Bench;

/// <summary>
/// The limit: a bare upgraded stream for each member. A publication is framed once; a member's frames wait in a list, and whoever
/// finds the member idle writes all that is there. It checks nothing, limits nothing and never closes.
/// </summary>
internal static class KestrelServer
{
    private static readonly Lock Gate = new();
    private static readonly List<Member> Members = [];
    private static readonly Dictionary<string, List<Member>> Rooms = [];

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.Map("/socket.io", context => ServeAsync(context, greeting: "0{\"sid\":\"x\"}", Handle));
        app.Map("/", context => ServeAsync(context, greeting: null, HandleInRoom));
        return app;
    }

    private static async Task ServeAsync(HttpContext context, string? greeting, Receive receive)
    {
        var headers = context.Response.Headers;
        var key = context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var member = new Member(stream);
        using var socket = WebSocket.CreateFromStream(stream, isServer: true, null, Timeout.InfiniteTimeSpan);
        if (greeting is not null) member.Send(Frame(Encoding.UTF8.GetBytes(greeting)));
        var buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: WebSocketMessageType.Text } received)
                receive(member, buffer.AsSpan(0, received.Count));
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // Gone.
        }

        lock (Gate)
        {
            Members.Remove(member);
            member.Room?.Remove(member);
        }
    }

    /// <summary>As <c>bench/rooms/bun</c> speaks: <c>join</c> and a room, then messages for everybody there.</summary>
    private static void HandleInRoom(Member member, ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("join "u8))
        {
            var frame = Frame(text);
            lock (Gate)
            {
                foreach (var other in member.Room!) other.Send(frame);
            }

            return;
        }

        var name = Encoding.UTF8.GetString(text["join ".Length..]);
        lock (Gate)
        {
            if (!Rooms.TryGetValue(name, out var room)) Rooms.Add(name, room = []);
            room.Add(member);
            member.Room = room;
        }

        member.Send(Frame("joined"u8));
    }

    private static void Handle(Member member, ReadOnlySpan<byte> text)
    {
        var publication = "42/publish,[\"publish\","u8;
        if (text.StartsWith(publication))
        {
            var frame = Frame([.. "42[\"news\","u8, .. text[publication.Length..]]);
            lock (Gate)
            {
                foreach (var other in Members) other.Send(frame);
            }
        }
        else if (text.SequenceEqual("40"u8))
        {
            lock (Gate) Members.Add(member);
            member.Send(Frame("40{\"sid\":\"x\"}"u8));
        }
        else if (text.StartsWith("40"u8))
        {
            member.Send(Frame("40/publish,{\"sid\":\"x\"}"u8));
        }
    }

    private static byte[] Frame(ReadOnlySpan<byte> text)
    {
        byte[] header = text.Length < 126 ? [0x81, (byte)text.Length] : [0x81, 126, 0, 0];
        if (header.Length == 4) BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)text.Length);
        return [.. header, .. text];
    }

    private delegate void Receive(Member member, ReadOnlySpan<byte> text);

    private sealed class Member(Stream stream) : IThreadPoolWorkItem
    {
        private readonly Lock _gate = new();
        private List<byte[]> _waiting = [];
        private List<byte[]> _writing = [];
        private bool _isWriting;

        public List<Member>? Room { get; set; }

        public void Send(byte[] frame)
        {
            lock (_gate)
            {
                _waiting.Add(frame);
                if (_isWriting) return;
                _isWriting = true;
            }

            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        public void Execute() => _ = WriteAsync();

        private async Task WriteAsync()
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_waiting.Count == 0)
                    {
                        _isWriting = false;
                        return;
                    }

                    (_waiting, _writing) = (_writing, _waiting);
                }

                var size = 0;
                foreach (var frame in _writing) size += frame.Length;
                var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(size);
                size = 0;
                foreach (var frame in _writing)
                {
                    frame.CopyTo(buffer, size);
                    size += frame.Length;
                }

                _writing.Clear();
                await stream.WriteAsync(buffer.AsMemory(0, size));
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
