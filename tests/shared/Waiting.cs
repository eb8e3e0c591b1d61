namespace Gatehouse.Testing;

internal static class Waiting
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    /// <summary>Fails a test that would hang.</summary>
    public static Task InTime(this Task task) => task.WaitAsync(Guard, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="InTime(Task)"/>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Guard, TestContext.Current.CancellationToken);
}
