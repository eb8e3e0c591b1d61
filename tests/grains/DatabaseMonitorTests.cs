using System.Net;
using System.Net.Sockets;
using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Gatehouse.Grains.Tests;

/// <summary>What is a loss of the database and what is not.</summary>
public sealed class DatabaseMonitorTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly List<IAsyncDisposable> _opened = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConnectionThatWasCutIsNoLossWhileTheDatabaseTakesAnother()
    {
        var database = await NewDatabase();
        var (monitor, _) = Watch(database.ConnectionString);
        Assert.True(await monitor.Probe(Cancellation));
        Assert.Equal(1, await database.Value<long>(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'monitor'
            """));
        Assert.True(await monitor.Probe(Cancellation));
    }

    [Fact]
    public async Task StoresThatHaveTheirWholePoolInUseAreNoLoss()
    {
        var (monitor, stores) = Watch((await NewDatabase()).ConnectionString);
        await using var connection = await stores.Open();
        var waiting = stores.Open();
        Assert.True(await monitor.Probe(Cancellation));
        Assert.False(waiting.IsCompleted);
        await connection.CloseAsync();
        await (await waiting.InTime()).DisposeAsync();
    }

    [Fact]
    public async Task WhoeverWaitsForADatabaseThatDoesNotAnswerIsToldAsSoonAsTheMonitorKnows()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var (monitor, stores) = Watch($"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=nobody");
        var waiting = stores.Open();
        Assert.False(await monitor.Probe(Cancellation));
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => waiting.InTime());
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => stores.Open());
    }

    public async ValueTask DisposeAsync()
    {
        _opened.Reverse();
        foreach (var opened in _opened) await opened.DisposeAsync();
        await _services.DisposeAsync();
    }

    private async Task<TestDatabase> NewDatabase() => Opened(await TestDatabase.Create());

    /// <summary>A monitor, and stores with one connection that are prepared to wait longer than it.</summary>
    private (DatabaseMonitor Monitor, Database Stores) Watch(string connectionString)
    {
        var stores = Opened(NpgsqlDataSource.Create(Settings("stores", timeout: 15)));
        var monitor = new DatabaseMonitor(
            Opened(NpgsqlDataSource.Create(Settings("monitor", timeout: 1))), stores, _services, TimeProvider.System,
            NullLogger<DatabaseMonitor>.Instance);
        return (monitor, new Database(stores, monitor));

        NpgsqlConnectionStringBuilder Settings(string name, int timeout) =>
            new(connectionString) { ApplicationName = name, MaxPoolSize = 1, Timeout = timeout };
    }

    private T Opened<T>(T opened) where T : IAsyncDisposable
    {
        _opened.Add(opened);
        return opened;
    }
}
