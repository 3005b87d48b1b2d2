using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Composition;

/// <summary>What a pipeline was built from, as one text: the same text, the same pipeline.</summary>
internal static class PipelineIdentity
{
    /// <summary>
    /// The options, wherever in the file they stand, and the hashes of the models and fingerprints they name.
    /// </summary>
    public static string Of(PipelineOptions options)
    {
        string section = JsonSerializer.Serialize(options with { Place = "" }, OptionsJson.Default.PipelineOptions);
        IEnumerable<string> files = options.Models
            .SelectMany(model => new[] { model.Path, model.Fingerprint })
            .OfType<string>();
        return string.Join('\n', files.Select(HashOf).Prepend(section));
    }

    // What is wrong with a file that cannot be read is said by whoever builds the pipeline.
    private static string HashOf(string path)
    {
        if (BoundedFile.WhyNoFile(path) is not null)
            return "";
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>Writes options as text, to compare them.</summary>
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PipelineOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;
