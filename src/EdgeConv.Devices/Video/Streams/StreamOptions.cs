using System.Text;

namespace EdgeConv.Devices.Video.Streams;

/// <summary>Where video comes from that ffmpeg decodes, and who asks for it.</summary>
public sealed record StreamOptions
{
    private const int LeastBare = 4;

    /// <summary><c>rtsp://</c>, <c>rtsps://</c>, <c>http://</c> or <c>https://</c>, or the path of a file.</summary>
    public string Url { get; init; } = "";

    /// <summary>User, or null.</summary>
    public string? User { get; init; }

    /// <summary>Password, already read from its file or credential; or null.</summary>
    public string? Password { get; init; }

    /// <summary>The address for messages and results: what cameras take for secrets, from a <c>?</c> or <c>=</c> on, left out.</summary>
    public string Place
    {
        get
        {
            if (!IsNetwork)
                return Url;
            int end = Url.AsSpan().IndexOfAny('?', '=', '#');
            if (end < 0)
                return Url;
            return Url[end] == '=' ? Url[..(Url.LastIndexOf('/', end) + 1)] : Url[..end];
        }
    }

    /// <summary>Whether it comes over the network, so that it does not wait for us.</summary>
    public bool IsNetwork => Url.Contains("://", StringComparison.Ordinal);

    /// <summary>Whether it is RTSP.</summary>
    internal bool IsRtsp => Url.StartsWith("rtsp", StringComparison.OrdinalIgnoreCase) && IsNetwork;

    /// <summary>The address with user and password, in the percent-encoding of URLs.</summary>
    internal string UrlWithCredentials
    {
        get
        {
            if (User is null)
                return Url;
            int host = Url.IndexOf("://", StringComparison.Ordinal) + 3;
            return $"{Url[..host]}{Uri.EscapeDataString(User)}:{Uri.EscapeDataString(Password ?? "")}@{Url[host..]}";
        }
    }

    /// <summary>All but the password.</summary>
    public override string ToString() => Place;

    /// <summary>A text without anything that would give the password away.</summary>
    internal string Redact(string text)
    {
        StringBuilder clean = new(text);
        if (Place != Url)
            clean.Replace(Url, Place).Replace(Url[Place.Length..], "***");
        if (User is null)
            return clean.ToString();
        clean.Replace($"{Uri.EscapeDataString(User)}:{Uri.EscapeDataString(Password ?? "")}@", "");
        // Shorter ones stand in other words as well, which would give them away.
        if (Password is { Length: >= LeastBare } password)
            clean.Replace(Uri.EscapeDataString(password), "***").Replace(password, "***");
        return clean.ToString();
    }
}
