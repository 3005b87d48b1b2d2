using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Profiling;

/// <summary>The form of <c>*.ecprofile</c> files: what one operating point takes.</summary>
/// <remarks>
/// Two lines of UTF-8: a JSON object <c>{"format":"ecprofile 2","key":{…},"figures":{…}}</c> with the
/// members of <see cref="ProfileKey"/> and <see cref="PointFigures"/> in snake case, and the XXH64 of the
/// first line without its end, as 16 hexadecimal digits.
/// </remarks>
internal sealed record ProfileFile
{
    /// <summary>The most bytes that a file may have.</summary>
    public const int MostBytes = 64 << 10;

    private const string ThisFormat = "ecprofile 2";

    /// <summary>Name and version of the format.</summary>
    public string Format { get; init; } = ThisFormat;

    /// <summary>What it holds for.</summary>
    public required ProfileKey Key { get; init; }

    /// <summary>What was measured.</summary>
    public required PointFigures Figures { get; init; }

    /// <summary>The bytes of a file.</summary>
    public static byte[] Write(ProfileKey key, PointFigures figures)
    {
        ProfileFile file = new() { Key = key, Figures = figures };
        string line = JsonSerializer.Serialize(file, ProfileFileJson.Default.ProfileFile);
        return Encoding.UTF8.GetBytes($"{line}\n{HashOf(line)}\n");
    }

    /// <summary>Reads the figures of a file that must hold for a key.</summary>
    /// <exception cref="InvalidDataException">It is of no use; says why.</exception>
    public static PointFigures Read(ReadOnlySpan<byte> bytes, ProfileKey wanted)
    {
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        if (lines is not [string line, string hash, ""] || hash != HashOf(line))
            throw new InvalidDataException("is no profile, or is damaged");
        ProfileFile file = Parse(line);
        if (file.Format != ThisFormat)
            throw new InvalidDataException($"is of the format '{file.Format}', not '{ThisFormat}'");
        if (file.Key.WhyStale(wanted) is { } stale)
            throw new InvalidDataException(stale);
        return file.Figures.AreSound()
            ? file.Figures
            : throw new InvalidDataException("holds figures that cannot be");
    }

    private static ProfileFile Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ProfileFileJson.Default.ProfileFile)
                ?? throw new InvalidDataException("holds nothing");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException("is no profile of this version", problem);
        }
    }

    private static string HashOf(string line) =>
        Xxh64.Hash(Encoding.UTF8.GetBytes(line)).ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>JSON of profiles.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProfileFile))]
internal sealed partial class ProfileFileJson : JsonSerializerContext;
