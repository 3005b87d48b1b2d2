using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>The certificates that the files of an <see cref="MqttTls"/> hold.</summary>
internal sealed class ClientCertificates : IDisposable
{
    /// <summary>Authorities to trust; empty for those of the system.</summary>
    public X509Certificate2Collection Authorities { get; } = [];

    /// <summary>Our own, with its private key; or none.</summary>
    public X509Certificate2Collection Own { get; } = [];

    /// <exception cref="ConfigError">A file cannot be read or holds something else.</exception>
    public static ClientCertificates Load(MqttTls? tls)
    {
        ClientCertificates loaded = new();
        if (tls is null)
            return loaded;
        if (tls.CertificateFile is null != tls.KeyFile is null)
            throw new ConfigError("mqtt.tls", "certificate and key go together: give both files or neither");
        if (tls.CaFile is { } ca)
            Read(ca, "authorities (PEM)", () => loaded.Authorities.ImportFromPemFile(ca));
        if (tls.CaFile is { } file && loaded.Authorities.Count == 0)
            throw new ConfigError(file, "holds no certificate; needs the authorities to trust (PEM)");
        if (tls.CertificateFile is { } own)
        {
            Read(tls.KeyFile!, "our private key (PEM)", () => { });
            Read(
                own, "our certificate and key (PEM)",
                () => loaded.Own.Add(X509Certificate2.CreateFromPemFile(own, tls.KeyFile)));
        }

        return loaded;
    }

    public void Dispose()
    {
        foreach (X509Certificate2 certificate in Authorities.Concat(Own))
            certificate.Dispose();
    }

    private static void Read(string path, string what, Action read)
    {
        if (BoundedFile.WhyNoFile(path) is { } problem)
            throw new ConfigError(path, $"cannot read {what}: {problem}");
        try
        {
            read();
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigError(path, $"cannot read {what}: {error.Message}", error);
        }
    }
}
