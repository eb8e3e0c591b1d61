using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Clients;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Logins;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Sessions;
using Gatehouse.Grains.Storage;
using Gatehouse.Grains.Tokens;
using Gatehouse.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains;

/// <summary>What the grains need from the process that hosts them.</summary>
public static class GrainServices
{
    /// <summary>Adds the grains' stores and settings. The host brings an <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddGrainServices(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);

        services.AddSettings<AdministratorOptions>("Gatehouse:Admin");
        services.AddSettings<ClientOptions>("Gatehouse:Clients")
            .Validate(
                o => o.ContentLimit <= o.MailboxSize, "Gatehouse:Clients:ContentLimit exceeds Gatehouse:Clients:MailboxSize.");
        services.AddSettings<GatewayOptions>("Gatehouse:Gateway");
        services.AddSettings<LoginOptions>("Gatehouse:Login");
        services.AddSettings<PasswordOptions>("Gatehouse:Password")
            .Validate(o => o.MinLength <= o.MaxLength, "Gatehouse:Password:MinLength exceeds Gatehouse:Password:MaxLength.");
        services.AddSettings<RoomOptions>("Gatehouse:Room");
        services.AddSettings<SessionOptions>("Gatehouse:Session");
        services.AddSettings<TokenOptions>("Gatehouse:Token");

        services.AddSingleton<DatabaseMonitor>().AddHostedService(provider => provider.GetRequiredService<DatabaseMonitor>());
        services.AddSingleton<Database>();
        services.AddSingleton<PasswordHashing>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<UserStore>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<ProfileStore>();
        services.AddSingleton<RoomMessageStore>();
        services.AddSingleton<ClientStore>();
        services.AddSingleton<ClientSockets>();
        services.AddSingleton<Mailbox>();
        services.AddSingleton<ClientPushing>();
        services.AddHostedService<FirstAdministrator>();
        services.AddHostedService<Housekeeping>();
        return services;
    }

    /// <summary>Settings of one configuration section, checked before the program starts to serve.</summary>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, string section) where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new SectionValidator<T>(section));
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
    }
}
