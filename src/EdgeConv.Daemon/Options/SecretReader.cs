using EdgeConv.Core;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads passwords from where a section says that they are; none stands in the configuration.</summary>
internal static class SecretReader
{
    private const int LongestSecret = 4096;

    /// <summary>The password of <c>password_file</c> or <c>password_credential</c>; null without either.</summary>
    /// <exception cref="ConfigError">It is not to be had, or stands in the section itself.</exception>
    public static string? ReadPassword(ConfigSection section, ConfigPaths paths)
    {
        section.Refuse("password",
            "secrets do not stand in the configuration; use 'password_file' or 'password_credential'");
        string? file = section.Text("password_file");
        string? credential = section.Text("password_credential");
        if (file is not null && credential is not null)
            throw new ConfigError(section.PlaceOf("password_file"), "stands beside 'password_credential'");
        if (file is not null)
            return ReadSecret(section.PlaceOf("password_file"), paths.Resolve(file));
        return credential is null ? null : ReadCredential(section.PlaceOf("password_credential"), credential);
    }

    private static string ReadCredential(string place, string name)
    {
        string folder = Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") ?? throw new ConfigError(place,
            "there is no CREDENTIALS_DIRECTORY; the unit needs LoadCredential=, or use 'password_file'");
        return name.Length != 0 && name == Path.GetFileName(name)
            ? ReadSecret(place, Path.Combine(folder, name))
            : throw new ConfigError(place, $"'{name}' is no name of a credential");
    }

    private static string ReadSecret(string place, string path)
    {
        string text = BoundedFile.ReadText(place, path, LongestSecret).TrimEnd('\r', '\n');
        return text.Length != 0
            ? text
            : throw new ConfigError(place, $"{path} is empty; it must hold the password");
    }
}
