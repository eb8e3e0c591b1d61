using Gatehouse.GrainInterfaces;
using Gatehouse.GrainInterfaces.Users;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Accounts;

/// <summary>Makes the first administrator from the settings, when no administrator exists yet.</summary>
public sealed partial class FirstAdministrator(
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    IOptions<AdministratorOptions> options,
    ILogger<FirstAdministrator> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        if (options.Value is not { Username: { } username, Email: { } email, Password: { } password }) return;
        try
        {
            // Grains can be called once everything has started.
            await Task.Delay(Timeout.Infinite, lifetime.ApplicationStarted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var registration = new Registration(username, email, new Secret(password));
            switch (await grains.User(Guid.CreateVersion7()).RegisterFirstAdministrator(registration))
            {
                case Refusal.None:
                    LogMade();
                    break;
                case Refusal.NotAllowed:
                    break;
                case var refusal:
                    LogRefused(refusal);
                    break;
            }
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(LogLevel.Information, "The first administrator was made from Gatehouse:Admin.")]
    private partial void LogMade();

    [LoggerMessage(LogLevel.Error, "There is no administrator, and the one in Gatehouse:Admin was refused: {Reason} is taken or not acceptable.")]
    private partial void LogRefused(Refusal reason);

    [LoggerMessage(LogLevel.Error, "There may be no administrator: making the one in Gatehouse:Admin failed.")]
    private partial void LogFailed(Exception failure);
}
