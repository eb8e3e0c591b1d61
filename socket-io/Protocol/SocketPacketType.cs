namespace SocketIo;

/// <summary>The packet types of Socket.IO; the digit is the first byte of a packet.</summary>
internal enum SocketPacketType : byte
{
    Connect = (byte)'0',
    Disconnect = (byte)'1',
    Event = (byte)'2',
    Ack = (byte)'3',
    ConnectError = (byte)'4',
    BinaryEvent = (byte)'5',
    BinaryAck = (byte)'6',
}
