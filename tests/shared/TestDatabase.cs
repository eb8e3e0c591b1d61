using Npgsql;

namespace Gatehouse.Testing;

/// <summary>A database of a test's own, on the server that GATEHOUSE_TEST_POSTGRES names; dropped at the end.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    public const string Variable = "GATEHOUSE_TEST_POSTGRES";

    private readonly string _server;
    private readonly string _name = $"test_{Guid.NewGuid():N}";
    private readonly NpgsqlDataSource _source;

    private TestDatabase(string server)
    {
        _server = server;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = _name }.ConnectionString;
        _source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(ConnectionString) { ApplicationName = "test", MaxPoolSize = 4 });
    }

    /// <summary>For the program under test.</summary>
    public string ConnectionString { get; }

    public static async Task<TestDatabase> Create()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } server)
        {
            Assert.Fail($"{Variable} is not set: the connection string of a role that may create databases. ./test starts a PostgreSQL and sets it.");
            throw new InvalidOperationException();
        }
        var database = new TestDatabase(server);
        await database.OnServer($"CREATE DATABASE {database._name} TEMPLATE template0");
        return database;
    }

    public async Task<int> Execute(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> Value<T>(string sql, params object[] parameters)
    {
        var values = await Values<T>(sql, parameters);
        return Assert.Single(values);
    }

    /// <summary>The first column of each row.</summary>
    public async Task<List<T>> Values<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await reader.ReadAsync()) values.Add(await reader.GetFieldValueAsync<T>(0));
        return values;
    }

    /// <summary>Holds a lock on a table until it is disposed of.</summary>
    public async Task<IAsyncDisposable> Lock(string table, string mode = "ACCESS EXCLUSIVE") =>
        await Uncommitted($"LOCK TABLE {table} IN {mode} MODE");

    /// <summary>Does something that others wait for, and commits it as soon as somebody does.</summary>
    /// <returns>When it is in their way, what is over when it is committed.</returns>
    public async Task<Task> CommitWhenSomebodyWaits(string sql)
    {
        var connection = await Uncommitted(sql);
        return Commit();

        async Task Commit()
        {
            await using (connection)
            {
                await SomebodyWaits();
                await using var command = new NpgsqlCommand("COMMIT", connection);
                await command.ExecuteNonQueryAsync();
            }
        }
    }

    /// <summary>Returns when somebody waits for a lock of this database.</summary>
    public async Task SomebodyWaits()
    {
        while (await Value<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") == 0) { }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await OnServer($"DROP DATABASE {_name} WITH (FORCE)");
    }

    private async Task<NpgsqlConnection> Uncommitted(string sql)
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"BEGIN; {sql}", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = _source.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        return command;
    }

    private async Task OnServer(string sql)
    {
        await using var server = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_server) { Pooling = false });
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
