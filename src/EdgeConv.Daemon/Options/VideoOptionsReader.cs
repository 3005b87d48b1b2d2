using EdgeConv.Core;
using EdgeConv.Devices;
using EdgeConv.Devices.Video.Streams;

namespace EdgeConv.Daemon.Options;

/// <summary>Reads a <c>source</c> section of kind video.</summary>
internal static class VideoOptionsReader
{
    private static readonly string[] s_schemes = ["rtsp", "rtsps", "http", "https"];

    /// <summary>Reads the section.</summary>
    public static SourceOptions Read(ConfigSection section, ConfigPaths paths)
    {
        StreamOptions stream = new()
        {
            Url = AddressOf(section, paths),
            User = section.Text("user"),
            Password = SecretReader.ReadPassword(section, paths),
        };
        SourceOptions options = new()
        {
            Kind = SourceKind.Video,
            RateHertz = section.Number("rate_hz", SourceOptionsReader.Hertz) ?? 0,
            Width = section.Integer("width", 2, 16384) ?? 0,
            Height = section.Integer("height", 2, 16384) ?? 0,
            Loop = section.Flag("loop", false),
            Stream = stream,
        };
        section.RefuseUnknown();
        Require(options, section);
        return options;
    }

    /// <summary>Refuses what only video has in a section of another kind.</summary>
    public static void Refuse(ConfigSection section)
    {
        foreach (string key in (ReadOnlySpan<string>)["url", "user", "password_file", "password_credential"])
        {
            if (section.Has(key))
                section.Refuse(key, $"'{key}' belongs to a source of 'kind: video'");
        }
    }

    private static string AddressOf(ConfigSection section, ConfigPaths paths)
    {
        string text = section.RequiredText("url");
        if (!text.Contains("://", StringComparison.Ordinal))
            return paths.Resolve(text);
        if (text.Any(char.IsControl) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            || !s_schemes.Contains(address.Scheme) || address.Host.Length == 0)
        {
            string schemes = string.Join(", ", s_schemes.Select(scheme => scheme + "://"));
            throw new ConfigError(section.PlaceOf("url"), $"is no address of {schemes}, and no file's path");
        }

        return address.UserInfo.Length == 0
            ? text
            : throw new ConfigError(section.PlaceOf("url"),
                "holds a user; secrets do not stand in the configuration: use 'user' and 'password_file'");
    }

    private static void Require(SourceOptions options, ConfigSection section)
    {
        StreamOptions stream = options.Stream;
        if (stream.User is not null && !stream.IsNetwork)
            throw new ConfigError(section.PlaceOf("user"), "a file has no user");
        if (stream.Password is not null && stream.User is null)
            throw new ConfigError(section.PlaceOf("user"), "is missing; a password needs a user");
        if (options.Loop && stream.IsNetwork)
            throw new ConfigError(section.PlaceOf("loop"), "is set; only a file can be read again");
        if ((options.Width == 0) != (options.Height == 0))
            throw new ConfigError(section.PlaceOf("width"), "video needs both 'width' and 'height', or neither");
        if ((options.Width | options.Height) % 2 != 0)
            throw new ConfigError(
                section.PlaceOf("width"), "'width' and 'height' must be even: two by two pixels share a colour");
    }
}
