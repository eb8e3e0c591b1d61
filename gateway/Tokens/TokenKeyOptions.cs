namespace Gatehouse.Gateway.Tokens;

/// <summary>Settings <c>Gatehouse:Token</c>, as far as the gateway cares: the keys that sign tokens.</summary>
public sealed class TokenKeyOptions
{
    /// <summary>
    /// Keys as <c>id:secret</c>, or just <c>secret</c>; the secret in base64, at least 32 bytes. The first signs, all are
    /// accepted: to rotate, put the new one first and remove the old one when its last token has expired.
    /// </summary>
    public string[] Keys { get; set; } = [];

    /// <summary>A file with one such key per line, in place of or besides <see cref="Keys"/>; relative to the content root.</summary>
    public string? KeyFile { get; set; }
}
