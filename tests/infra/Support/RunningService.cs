using Gatehouse.Telemetry.Tests.Support;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>The service, after a little of what it is for, with what it answers probes and scrapes.</summary>
public sealed class RunningService : IAsyncLifetime
{
    private TestDatabase? _database;
    private Service? _service;

    /// <summary>The names of all samples.</summary>
    public IReadOnlySet<string> Metrics { get; private set; } = new HashSet<string>();

    /// <summary>The names of all labels, and those that a scrape adds.</summary>
    public IReadOnlySet<string> Labels { get; private set; } = new HashSet<string>();

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _service = await Service.Start(_database, []);
        await using (var client = await HubClient.Connect(_service, "session"))
        {
            await client.Ask("register", """{"username":"ada_lovelace","email":"ada@example.org","password":"correct horse"}""", "state_change");
            await client.Ask("logout", "null", "state_change");
            await client.Ask("login_credentials", """{"username":"ada_lovelace","password":"wrong horse battery staple"}""", "login_error");
            await AskWhileItCannotAnswer(client);
        }
        var samples = (await _service.Scrape()).Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        Limits = samples.Where(line => line.StartsWith("gatehouse_limit_refused_total{", StringComparison.Ordinal))
            .Select(line => line.Split('"')[1]).ToHashSet();
        Metrics = samples.Select(line => line.Split('{', ' ')[0]).ToHashSet();
        Labels = samples.Where(line => line.Contains('{'))
            .SelectMany(line => line[(line.IndexOf('{') + 1)..line.LastIndexOf('}')].Split("\","))
            .Select(label => label.Split('=')[0])
            .Concat(["job", "instance", "namespace", "pod"]).ToHashSet();
    }

    /// <summary>The limits whose refusals it counts.</summary>
    public IReadOnlySet<string> Limits { get; private set; } = new HashSet<string>();

    /// <summary>The status of a GET.</summary>
    public async Task<int> Status(string path)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(_service!.Address + path), TestContext.Current.CancellationToken).InTime();
        return (int)answer.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    /// <summary>So that a failure for a reason of ours was counted too.</summary>
    private async Task AskWhileItCannotAnswer(HubClient client)
    {
        await _database!.Execute("ALTER TABLE users RENAME TO away");
        await client.Ask("login_credentials", """{"username":"ada_lovelace","password":"x"}""", "login_error");
        await _database.Execute("ALTER TABLE away RENAME TO users");
    }
}
