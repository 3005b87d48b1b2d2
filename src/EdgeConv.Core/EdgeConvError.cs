namespace EdgeConv.Core;

/// <summary>
/// A mistake in something the user gave: a model, a configuration, a file, a device. Its message is one line
/// that names the place, says what was found and what would be right.
/// </summary>
public class EdgeConvError : Exception
{
    /// <summary>
    /// Makes the message <c>place: problem</c>, with line breaks and control characters replaced.
    /// </summary>
    public EdgeConvError(string place, string problem, Exception? inner = null)
        : base(OneLine($"{place}: {problem}"), inner)
    {
        Place = place;
        Problem = problem;
    }

    /// <summary>File, key, node or device the mistake is in.</summary>
    public string Place { get; }

    /// <summary>What was found there, and what would be right.</summary>
    public string Problem { get; }

    private static string OneLine(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < source.Length; i++)
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }
}

/// <summary>A model that cannot be read or run: names file or node, operator and attribute.</summary>
public sealed class ModelError(string place, string problem, Exception? inner = null)
    : EdgeConvError(place, problem, inner)
{
    /// <summary>
    /// True when the model is valid but uses an operator, attribute or type that this backend does not run;
    /// another backend may.
    /// </summary>
    public bool IsUnsupported { get; init; }

    /// <summary>A valid construct that this backend does not run.</summary>
    public static ModelError Unsupported(string place, string problem) =>
        new(place, problem) { IsUnsupported = true };
}

/// <summary>
/// A configuration file or command line that says something impossible: names file, line and key.
/// </summary>
public sealed class ConfigError(string place, string problem, Exception? inner = null)
    : EdgeConvError(place, problem, inner);

/// <summary>
/// An input file or stream whose content is not what it should be: names file and position.
/// </summary>
public sealed class DataError(string place, string problem, Exception? inner = null)
    : EdgeConvError(place, problem, inner);

/// <summary>A camera, sensor or board interface that cannot be used: names the device.</summary>
public sealed class DeviceError(string place, string problem, Exception? inner = null)
    : EdgeConvError(place, problem, inner);

/// <summary>A fingerprint file that cannot be used with this model or at all: names the file.</summary>
public sealed class FingerprintError(string place, string problem, Exception? inner = null)
    : EdgeConvError(place, problem, inner);
