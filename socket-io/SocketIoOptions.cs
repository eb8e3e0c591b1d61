using System.Text.Json;
using SocketIo.EngineIo;

namespace SocketIo;

/// <summary>Settings of a Socket.IO endpoint. Validated when the program starts.</summary>
public sealed class SocketIoOptions : EngineIoOptions
{
    internal const int DeepestNesting = 10_000;

    /// <summary>How long a client may be connected to no namespace. Default 45 seconds.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How deep objects and arrays in a client's packet may be nested: 1 to 10,000. A deeper packet is invalid. Default 64.
    /// </summary>
    public int MaxDepth { get; set; } = 64;

    /// <summary>Most binary attachments of one packet of a client. Default 10.</summary>
    public int MaxAttachments { get; set; } = 10;

    /// <summary>Most bytes in the attachments of one packet of a client. Default 4,000,000.</summary>
    public int MaxAttachmentBytes { get; set; } = 4_000_000;

    /// <summary>How long a client may take to send the attachments that it announced. Default 10 seconds.</summary>
    public TimeSpan AttachmentTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Packets of one connection that may wait for the handlers of earlier ones; after that nothing more is read from it. Default 64.
    /// </summary>
    public int MaxPendingPackets { get; set; } = 64;

    /// <summary>
    /// Bytes of those packets, attachments included; after that nothing more is read from it. Default 1 MiB. A single larger packet may
    /// wait alone.
    /// </summary>
    public int MaxPendingBytes { get; set; } = 1024 * 1024;

    /// <summary>Acknowledgements of one socket that may be outstanding. Default 1,000.</summary>
    public int MaxPendingAcks { get; set; } = 1000;

    /// <summary>How payloads become JSON and back. Default: web names (camelCase), nothing escaped that need not be.</summary>
    public JsonSerializerOptions Json { get; set; } = SocketJson.Default;
}
