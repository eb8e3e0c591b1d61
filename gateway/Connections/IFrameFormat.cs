using System.Buffers;
using System.Text.Json;

namespace Gatehouse.Gateway.Connections;

/// <summary>How a protocol puts its events into the frames of a raw socket, which has no notion of events.</summary>
public interface IFrameFormat
{
    /// <summary>Reads one frame. Whatever it holds, it never throws.</summary>
    /// <param name="frame">The whole message; UTF-8 that was checked when it is text.</param>
    /// <param name="isText">Whether it came as text.</param>
    ClientFrame Read(ReadOnlyMemory<byte> frame, bool isText);

    /// <summary>Writes a server event.</summary>
    void WriteEvent(IBufferWriter<byte> output, ServerEvent serverEvent);

    /// <summary>Writes the answer to a frame.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="request">The frame that is answered.</param>
    /// <param name="answer">What <see cref="IEventProtocol.Receive"/> returned.</param>
    void WriteAnswer(IBufferWriter<byte> output, ClientFrame request, object answer);
}

/// <summary>A client's frame, read.</summary>
/// <param name="Name">The event's name; empty when there is none to be found.</param>
/// <param name="Payload">Its payload; undefined when there is none.</param>
/// <param name="Id">What the client wants to see again in the answer; null when nothing.</param>
/// <param name="Refusal">What to send back at once, in place of handling the event; null to handle it.</param>
public readonly record struct ClientFrame(string Name, JsonElement Payload, string? Id = null, ServerEvent? Refusal = null);
