using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;

namespace EdgeConv.Daemon.Commands;

/// <summary>The option <c>--shape</c>, the same for every command that has it.</summary>
internal static class ShapeOption
{
    public static Option<string[]> Create() => new("--shape")
    {
        Description = "Shape of an input with dynamic dimensions, NAME=1x3x224x224; once for each such input",
        DefaultValueFactory = _ => [],
    };

    /// <exception cref="ConfigError">One is no shape, or an input is named twice.</exception>
    public static IReadOnlyDictionary<string, Shape> Parse(string[]? arguments) =>
        ShapeArgument.ParseAll(arguments ?? []);
}
