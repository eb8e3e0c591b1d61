using System.Text;

namespace SocketIo.EngineIo;

/// <summary>A message from a client.</summary>
/// <param name="Data">The bytes: valid UTF-8 if it is text. They may be overwritten once the handler's task has ended.</param>
/// <param name="IsBinary">Whether it was sent as binary.</param>
public readonly record struct EngineMessage(ReadOnlyMemory<byte> Data, bool IsBinary)
{
    /// <summary>The text of a text message.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);
}
