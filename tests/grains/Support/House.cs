using Gatehouse.GrainInterfaces;
using Gatehouse.Grains.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Grains.Tests;

/// <summary>A house to test in: grains, their clock, and a database of their own. One for each test class.</summary>
public class House : IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly Timer _ticks;
    private TestDatabase? _database;
    private GrainHost? _host;

    public House() => _ticks = new(_ => Time.Advance(Tick), null, Tick, Tick);

    /// <summary>
    /// It ticks, because rooms gather what happens for a moment, and no two looks at it see the same time, because much is
    /// sorted by time. A test puts it further forward.
    /// </summary>
    internal FakeTimeProvider Time { get; } = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
        AutoAdvanceAmount = TimeSpan.FromMicroseconds(10),
    };

    internal TestDatabase Database => _database!;

    internal GrainHost Host => _host!;

    internal IGrainFactory Grains => Host.Grains;

    /// <summary>What differs from the default settings.</summary>
    protected virtual Dictionary<string, string?> Settings => [];

    /// <summary>A hash in earnest takes a tenth of a second and says nothing about anything but hashing; null is in earnest.</summary>
    protected virtual int? HashRounds => 1000;

    /// <summary>How many silos share the grains.</summary>
    protected virtual short Silos => 1;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _host = await GrainHost.Start(_database, Time, Settings, HashRounds, Silos);
    }

    public async ValueTask DisposeAsync()
    {
        await _ticks.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A client with a session and a connection of its own.</summary>
    internal Device NewDevice(string? address = null, string? gateway = null) => new(this, RandomId.New(), address, gateway);

    /// <summary>A device on which somebody new has registered.</summary>
    internal async Task<(Device Device, Person Person)> NewUser()
    {
        var (device, person) = (NewDevice(), Person.New());
        await device.Register(person).Succeeds();
        return (device, person);
    }

    /// <summary>A device that is logged in as a new guest.</summary>
    internal async Task<Device> NewGuest()
    {
        var device = NewDevice();
        await device.LogInAsGuest().Succeeds();
        return device;
    }

    /// <summary>What the service does now and then.</summary>
    internal Task Sweep() => ActivatorUtilities.CreateInstance<Housekeeping>(Host.Services).Sweep().InTime();

    /// <summary>Another process with the same database, and other settings.</summary>
    internal Task<GrainHost> StartAnother(Dictionary<string, string?> settings) => GrainHost.Start(Database, Time, settings, HashRounds);

    /// <summary>The process ends and another one begins: only the database remembers.</summary>
    internal async Task Restart()
    {
        await Host.DisposeAsync();
        _host = await GrainHost.Start(Database, Time, Settings, HashRounds);
    }

    /// <summary>Returns when so many statements of the service wait for a lock.</summary>
    internal async Task Waiting(int statements)
    {
        while (await Database.Value<long>(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'gatehouse' AND wait_event_type = 'Lock'
            """) < statements)
        {
        }
    }

    /// <summary>The stored JSON of a session; nothing when there is no row.</summary>
    internal Task<List<string>> StoredSession(string sessionId) => Stored("session", "session/" + sessionId);

    internal Task<List<string>> Stored(string state, string key) => Database.Values<string>(
        "SELECT convert_from(PayloadBinary, 'UTF8') FROM OrleansStorage WHERE GrainTypeString = $1 AND GrainIdExtensionString = $2",
        state, key);
}
