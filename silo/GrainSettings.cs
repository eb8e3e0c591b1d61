using Gatehouse.Grains.Accounts;
using Gatehouse.Grains.Clients;
using Gatehouse.Grains.Gateways;
using Gatehouse.Grains.Logins;
using Gatehouse.Grains.Rooms;
using Gatehouse.Grains.Sessions;
using Gatehouse.Grains.Tokens;
using Gatehouse.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Silo;

/// <summary>Which section of the configuration is which settings of the grains.</summary>
internal static class GrainSettings
{
    public static void AddGrainSettings(this IServiceCollection services)
    {
        services.AddSettings<AdministratorOptions>("Gatehouse:Admin");
        services.AddSettings<ClientOptions>("Gatehouse:Clients")
            .Validate(
                o => o.ContentLimit <= o.MailboxSize, "Gatehouse:Clients:ContentLimit exceeds Gatehouse:Clients:MailboxSize.");
        services.AddSettings<GatewayOptions>("Gatehouse:Gateway");
        services.AddSettings<LoginOptions>("Gatehouse:Login");
        services.AddSettings<PasswordOptions>("Gatehouse:Password")
            .Validate(o => o.MinLength <= o.MaxLength, "Gatehouse:Password:MinLength exceeds Gatehouse:Password:MaxLength.")
            .Validate<IHostEnvironment>(
                (o, host) => o.Iterations >= PasswordOptions.MinIterations || host.IsEnvironment("Test"),
                $"Gatehouse:Password:Iterations is less than {PasswordOptions.MinIterations}, which only the environment Test may have.");
        services.AddSettings<RoomOptions>("Gatehouse:Room");
        services.AddSettings<SessionOptions>("Gatehouse:Session");
        services.AddSettings<TokenOptions>("Gatehouse:Token");
    }
}
