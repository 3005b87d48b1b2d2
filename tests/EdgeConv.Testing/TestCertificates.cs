using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeConv.Testing;

/// <summary>An authority, certificates it has signed, and a stranger; as PEM files.</summary>
public static class TestCertificates
{
    /// <summary>
    /// Writes ca.crt, server.{crt,key}, client.{crt,key} and stranger.crt into <paramref name="folder"/>.
    /// </summary>
    public static void WriteTo(string folder)
    {
        using X509Certificate2 authority = Authority("CN=edgeconv test authority");
        using X509Certificate2 stranger = Authority("CN=a stranger");
        File.WriteAllText(Path.Combine(folder, "ca.crt"), authority.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "stranger.crt"), stranger.ExportCertificatePem());
        WriteSigned(authority, Path.Combine(folder, "server"), isServer: true);
        WriteSigned(authority, Path.Combine(folder, "client"), isServer: false);
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(2));
    }

    private static void WriteSigned(X509Certificate2 authority, string path, bool isServer)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(
            isServer ? "CN=localhost" : "CN=edgeconv", key, HashAlgorithmName.SHA256);
        if (isServer)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        using X509Certificate2 signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddHours(1),
            RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(path + ".crt", signed.ExportCertificatePem());
        File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem());
    }
}
