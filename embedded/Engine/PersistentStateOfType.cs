using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Engine;

/// <summary>A piece of persistent state: what is in memory, and the order of what is under way to storage.</summary>
internal sealed class PersistentState<T>(string name, Activation owner, IGrainStorage storage)
    : PersistentState, IPersistentState<T>
{
    private readonly GrainState<T> _record = new();
    private Task _last = Task.CompletedTask;
    private Task? _waitingWrite;

    public T State
    {
        get => InTurn._record.State!;
        set => InTurn._record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    // Off the turn, other code may be changing the state at this moment; Orleans refuses it as well.
    private PersistentState<T> InTurn => ReferenceEquals(Activation.Current, owner)
        ? this
        : throw new InvalidOperationException($"State \"{name}\" of {owner} was used outside of the grain's turn.");

    public override Task ReadStateAsync(CancellationToken cancellationToken) => Queue(async () =>
    {
        await storage.ReadStateAsync(name, owner.GrainId, _record, cancellationToken);
        _record.State ??= Activator.CreateInstance<T>();
    });

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task ClearStateAsync(CancellationToken cancellationToken) => Queue(async () =>
    {
        await storage.ClearStateAsync(name, owner.GrainId, _record, cancellationToken);
        _record.State ??= Activator.CreateInstance<T>();
    });

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task WriteStateAsync(CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? Queue(() => storage.WriteStateAsync(name, owner.GrainId, _record, cancellationToken))
        : WriteStateAsync();

    public Task WriteStateAsync() => InTurn._waitingWrite ?? QueueWrite();

    private Task QueueWrite()
    {
        var waits = !_last.IsCompleted;
        var write = Queue(() =>
        {
            // From here on a change needs another write.
            _waitingWrite = null;
            return storage.WriteStateAsync(name, owner.GrainId, _record);
        });
        if (waits) _waitingWrite = write;
        return write;
    }

    private Task Queue(Func<Task> operation)
    {
        var previous = InTurn._last;
        // A write that waits must not serve those who ask for one after this operation.
        _waitingWrite = null;
        return _last = previous.IsCompleted ? operation() : RunAfter(previous, operation);
    }

    private static async Task RunAfter(Task previous, Func<Task> operation)
    {
        await previous.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await operation();
    }
}
