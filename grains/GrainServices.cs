using Gatehouse.GrainInterfaces.Rooms;
using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Clients;
using Gatehouse.Grains.Cluster;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Logins;
using Gatehouse.Grains.Operators;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Sessions;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gatehouse.Grains;

/// <summary>What the grains need from the process that hosts them.</summary>
public static class GrainServices
{
    /// <summary>Adds the grains' stores. The host brings an <see cref="NpgsqlDataSource"/>, those of monitor and leases, settings and a clock.</summary>
    public static IServiceCollection AddGrainServices(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseMonitor>().AddHostedService(provider => provider.GetRequiredService<DatabaseMonitor>());
        services.AddSingleton<Database>();
        services.AddKeyedSingleton(Database.Leases, (provider, key) => new Database(
            provider.GetRequiredKeyedService<NpgsqlDataSource>(key), provider.GetRequiredService<DatabaseMonitor>()));
        services.AddSingleton<GatewayStore>();
        services.AddSingleton<WakeStore>();
        services.AddSingleton<SessionWaking>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<GuestStore>();
        services.AddSingleton<LoginStore>();
        services.AddSingleton<UserOperationStore>();
        services.AddSingleton<Authenticator>();
        services.AddSingleton<NicknamePolicy>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<ProfileStore>();
        services.AddSingleton<RoomMessageStore>();
        services.AddSingleton<RoomOperationStore>();
        services.AddSingleton<DatabaseFigures>();
        services.AddSingleton(provider => new RecentMessagesBudget(provider.GetRequiredService<IOptions<RoomOptions>>().Value.RecentTotal));
        services.AddSingleton<ClientStore>();
        services.AddSingleton<ClientSockets>();
        services.AddSingleton<Mailbox>();
        services.AddSingleton<ClientPushing>();
        services.AddHostedService<FirstAdministrator>();
        services.AddHostedService<Housekeeping>();
        return services;
    }
}
