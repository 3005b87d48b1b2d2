using System.CommandLine;
using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Daemon.Commands;

/// <summary>The options <c>--map [MODE]</c> and <c>--map-tap</c> of a fit.</summary>
internal sealed class MapOption
{
    private const string Name = "--map";
    private const MapMode Default = MapMode.Cholesky;

    private readonly Option<string?> _map = new(Name)
    {
        Description = "Also keep what is known at each position of a layer, so that verdicts say where an "
            + "input is odd: diagonal or cholesky (default)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _mapTap = new("--map-tap")
    {
        Description = "Value to map; default: the first 1x1 convolution behind a depthwise one of 7x7 to "
            + "28x28 positions",
    };

    /// <summary>Adds both options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_map);
        command.Add(_mapTap);
    }

    /// <summary>
    /// A command line in which every <c>--map</c> has its mode, because the library gives an option whatever
    /// word comes next: a word behind it that is no mode is left to the command.
    /// </summary>
    public static string[] Complete(string[] args)
    {
        int end = Array.IndexOf(args, "--");
        end = end < 0 ? args.Length : end;
        bool HasMode(int at) => at + 1 < end && MapModes.TryParse(args[at + 1], out _);
        return [.. args.Select((word, at) =>
            word == Name && at < end && !HasMode(at) ? $"{Name}={MapModes.NameOf(Default)}" : word)];
    }

    /// <summary>The map that is asked for; null for none.</summary>
    /// <exception cref="ConfigError">The mode is none, or the options do not go together.</exception>
    public MapRequest? Parse(ParseResult parsed, bool isShard)
    {
        string? layer = parsed.GetValue(_mapTap);
        if (parsed.GetValue(_map) is not { } name)
            return layer is null ? null : throw new ConfigError("--map-tap", "needs --map beside it");
        if (isShard)
            throw new ConfigError(Name, "cannot be used with --shard: maps of shards are not merged");
        return MapModes.TryParse(name, out MapMode mode)
            ? new MapRequest(mode, layer)
            : throw new ConfigError($"{Name} '{name}'", "is neither diagonal nor cholesky");
    }
}
