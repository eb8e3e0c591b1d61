namespace Gatehouse.Gateway.Tokens;

/// <summary>Adds what signs and checks tokens.</summary>
public static class TokenServices
{
    public static IServiceCollection AddTokens(this IServiceCollection services)
    {
        services.AddOptions<TokenKeyOptions>().BindConfiguration("Gatehouse:Token");
        services.AddSingleton<TokenKeys>();
        services.AddSingleton<TokenSigner>();
        return services;
    }

    /// <summary>Refuses to start with keys that are missing or wrong, before the first login finds out.</summary>
    public static void CheckTokenKeys(this IHost app) => app.Services.GetRequiredService<TokenKeys>();
}
