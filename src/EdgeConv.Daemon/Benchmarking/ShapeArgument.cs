using System.Globalization;
using EdgeConv.Core;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>The shape of an input as a command line or a configuration gives it: <c>NAME=1x3x224x224</c>.</summary>
internal static class ShapeArgument
{
    private const string Example = "NAME=1x3x224x224 would be right";

    /// <summary>The text of a shape.</summary>
    public static string Format(string name, Shape shape) =>
        $"{name}={string.Join('x', shape.Dimensions.ToArray())}";

    /// <summary>Reads several, each for another input.</summary>
    /// <param name="arguments">The texts.</param>
    /// <param name="place">Where they stand.</param>
    /// <exception cref="ConfigError">One is no shape, or an input is named twice.</exception>
    public static Dictionary<string, Shape> ParseAll(IEnumerable<string> arguments, string place = "--shape")
    {
        Dictionary<string, Shape> shapes = [];
        foreach (string argument in arguments)
        {
            (string name, Shape shape) = Parse(argument, place);
            if (!shapes.TryAdd(name, shape))
                throw new ConfigError(place, $"input '{name}' is given two shapes; one is right");
        }

        return shapes;
    }

    // The name of an input may hold '=' and 'x', extents do not.
    private static (string Name, Shape Shape) Parse(string argument, string place)
    {
        int cut = argument.LastIndexOf('=');
        if (cut <= 0)
            throw Wrong("names no input");
        string[] words = argument[(cut + 1)..].Split('x');
        long[] extents = [.. words.Select(ParseExtent)];
        return Shape.TryCreate(extents, out Shape? shape, out string? problem)
            ? (argument[..cut], shape)
            : throw Wrong(problem);

        long ParseExtent(string word) =>
            long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long extent) && extent > 0
                ? extent
                : throw Wrong($"extent '{word}' is no positive whole number");

        ConfigError Wrong(string problem) => new($"{place} '{argument}'", $"{problem}; {Example}");
    }
}
