using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Connections.Security;

namespace Gatehouse.Hosting;

/// <summary>
/// Encrypts what the processes of a cluster say to each other, when there are certificates: each shows its own, and talks to nobody whose is not
/// of the cluster's authority.
/// </summary>
public static class ClusterTls
{
    private const string Section = "Gatehouse:Cluster";

    /// <summary>TLS needs a name to ask for. No certificate has to bear it: whoever is of the authority belongs to the cluster.</summary>
    private const string Anybody = "gatehouse";

    /// <summary>What makes Orleans do it; null when there are no certificates.</summary>
    /// <exception cref="OptionsValidationException">A file is missing, or is none of a certificate.</exception>
    public static Action<TlsOptions>? Tls(this IConfiguration configuration)
    {
        var settings = configuration.GetSection(Section).Get<ClusterSettings>();
        if (settings is not { CertificateFile: { } certificate, CertificateKeyFile: { } key, AuthorityFile: { } authority }) return null;
        var own = Read($"{nameof(settings.CertificateFile)}, {nameof(settings.CertificateKeyFile)}", () => X509Certificate2.CreateFromPemFile(certificate, key));
        var authorities = new X509Certificate2Collection();
        Read(nameof(settings.AuthorityFile), () =>
        {
            authorities.ImportFromPemFile(authority);
            return authorities;
        });
        return tls =>
        {
            tls.LocalCertificate = own;
            tls.RemoteCertificateMode = tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.RemoteCertificateValidation = (shown, _, _) => IsOf(authorities, shown);
            tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = Anybody;
        };
    }

    private static bool IsOf(X509Certificate2Collection authorities, X509Certificate2 shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        // The authority is the cluster's own: it has no list of what it has revoked.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }

    private static T Read<T>(string settings, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new OptionsValidationException("", typeof(ClusterSettings), [$"{Section}:{settings}: {failure.Message}"]);
        }
    }
}
