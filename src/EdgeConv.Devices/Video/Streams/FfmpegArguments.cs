using System.Globalization;

namespace EdgeConv.Devices.Video.Streams;

/// <summary>
/// What ffmpeg is asked for: one video stream, scaled to what the model needs, as bare pictures behind a header that
/// tells their size (YUV4MPEG2). An address with a password, or what may be one, is given as a list of files on standard input, so that no
/// command line shows it.
/// </summary>
internal static class FfmpegArguments
{
    private const string Protocols = "file,pipe,tcp,udp,tls,http,https,httpproxy,crypto,rtp,rtsp,rtsps";
    private static readonly TimeSpan s_networkPatience = TimeSpan.FromSeconds(10);

    /// <summary>The arguments of the command line.</summary>
    public static IReadOnlyList<string> Of(SourceOptions options, SampleWish wish)
    {
        StreamOptions stream = options.Stream;
        List<string> arguments = ["-hide_banner", "-nostdin", "-loglevel", "error"];
        if (stream.IsNetwork)
            arguments.AddRange(["-fflags", "nobuffer", "-flags", "low_delay"]);
        else if (options.Loop)
            arguments.AddRange(["-stream_loop", "-1"]);
        if (HasSecret(stream))
            arguments.AddRange(["-f", "concat", "-safe", "0", "-protocol_whitelist", Protocols, "-i", "pipe:0"]);
        else
            arguments.AddRange([.. InputOptions(stream).SelectMany(Spoken), "-i", AddressOf(stream)]);
        arguments.AddRange(["-map", "0:v:0", "-an", "-sn", "-dn", "-vf", FilterOf(options, wish)]);
        arguments.AddRange(["-pix_fmt", wish.IsGray ? "gray" : "yuv420p", "-f", "yuv4mpegpipe", "pipe:1"]);
        return arguments;
    }

    /// <summary>What goes to standard input; empty where the command line has the address.</summary>
    public static string PlaylistOf(StreamOptions stream)
    {
        if (!HasSecret(stream))
            return "";
        string address = stream.UrlWithCredentials.Replace("'", "'\\''", StringComparison.Ordinal);
        string options = string.Concat(
            InputOptions(stream).Select(option => $"option {option.Key} {option.Value}\n"));
        return $"ffconcat version 1.0\nfile '{address}'\n{options}";
    }

    private static bool HasSecret(StreamOptions stream) => stream.User is not null || stream.Place != stream.Url;

    private static string[] Spoken(KeyValuePair<string, string> option) => [$"-{option.Key}", option.Value];

    // What begins with a dash would be an option.
    private static string AddressOf(StreamOptions stream) => stream.IsNetwork ? stream.Url : $"file:{stream.Url}";

    private static Dictionary<string, string> InputOptions(StreamOptions stream)
    {
        string microseconds = ((long)s_networkPatience.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
        if (stream.IsRtsp)
            return new() { ["rtsp_transport"] = "tcp", ["timeout"] = microseconds };
        // MJPEG carries no times: ffmpeg would take any camera for one of 25 Hz, and thin it wrongly.
        return stream.IsNetwork ? new() { ["rw_timeout"] = microseconds, ["use_wallclock_as_timestamps"] = "1" } : [];
    }

    private static string FilterOf(SourceOptions options, SampleWish wish)
    {
        string range = wish.IsGray ? "full" : "limited";
        string scale = $"scale={SizeOf(options, wish)}:flags=bilinear:out_color_matrix=bt601:out_range={range}";
        return options.RateHertz == 0
            ? scale
            : string.Create(CultureInfo.InvariantCulture, $"fps={options.RateHertz},{scale}");
    }

    // As it is, or shrunk until one side is the model's, in even numbers; never enlarged.
    private static string SizeOf(SourceOptions options, SampleWish wish)
    {
        if (options.Width != 0)
            return string.Create(CultureInfo.InvariantCulture, $"w={options.Width}:h={options.Height}");
        if (wish.Width == 0)
            return "w=trunc(iw/2)*2:h=trunc(ih/2)*2";
        string factor = string.Create(CultureInfo.InvariantCulture,
            $"min(1\\,max({wish.Width}/iw\\,{wish.Height}/ih))");
        return $"w=max(2\\,ceil(iw*{factor}/2)*2):h=max(2\\,ceil(ih*{factor}/2)*2)";
    }
}
