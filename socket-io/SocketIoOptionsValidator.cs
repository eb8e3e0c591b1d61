using SocketIo.EngineIo;

namespace SocketIo;

internal sealed class SocketIoOptionsValidator : EngineIoOptionsValidator<SocketIoOptions>
{
    protected override void Check(SocketIoOptions options, List<string> failures)
    {
        base.Check(options, failures);
        CheckTime(options.ConnectTimeout, nameof(options.ConnectTimeout), failures);
        CheckTime(options.AttachmentTimeout, nameof(options.AttachmentTimeout), failures);
        if (options.MaxDepth is < 1 or > SocketIoOptions.DeepestNesting)
            failures.Add($"{nameof(options.MaxDepth)} must be between 1 and {SocketIoOptions.DeepestNesting}, not {options.MaxDepth}.");
        CheckPositive(options.MaxAttachments, nameof(options.MaxAttachments), failures);
        CheckPositive(options.MaxAttachmentBytes, nameof(options.MaxAttachmentBytes), failures);
        CheckPositive(options.MaxPendingPackets, nameof(options.MaxPendingPackets), failures);
        CheckPositive(options.MaxPendingBytes, nameof(options.MaxPendingBytes), failures);
        CheckPositive(options.MaxPendingAcks, nameof(options.MaxPendingAcks), failures);
        if (options.Json is null) failures.Add($"{nameof(options.Json)} must not be null.");
    }
}
