namespace Gatehouse.Embedded.Tests.Grains;

public sealed class WorkerGrain(Life life) : Grain, IWorkerGrain
{
    public IGrainFactory Factory => GrainFactory;

    public Task Do(Func<Task> work) => work();

    public Task DoWithSelf(Func<WorkerGrain, Task> work) => work(this);

    public Task Read(Func<Task> work) => work();

    public Task Interleave(Func<Task> work) => work();

    public Task Tell(Func<Task> work) => work();

    public void Post(Func<Task> work) => work();

    public Task DoCancellable(Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        work(cancellationToken);

    public ValueTask<int> Add(int left, int right) => new(left + right);

    public async ValueTask Nothing() => await Task.Yield();

    public Task<IWorkerGrain> Self() => Task.FromResult(this.AsReference<IWorkerGrain>());

    public Task<IWorkerGrain> Echo(IWorkerGrain other) => Task.FromResult(other);

    public void End() => DeactivateOnIdle();

    public void Stay(TimeSpan time) => DelayDeactivation(time);

    public override Task OnActivateAsync(CancellationToken cancellationToken) =>
        life.Activated(this.GetPrimaryKeyString());

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        life.Deactivated(this.GetPrimaryKeyString(), reason, cancellationToken);
}
