using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Composition;

/// <summary>
/// What the file of a model of windows says of its channels, separated by commas: <c>channels</c> their names,
/// <c>units</c> their units, <c>mean</c> and <c>std</c> what each was normalised by.
/// </summary>
internal static class ChannelMetadata
{
    private const string NamesKey = "channels";
    private const string UnitsKey = "units";
    private const string MeanKey = "mean";
    private const string DeviationKey = "std";

    /// <summary>The channels that a model was trained on; null where its file does not say.</summary>
    /// <exception cref="ModelError">There are not as many units as names.</exception>
    public static IReadOnlyList<SensorChannel>? ChannelsOf(ISession session)
    {
        if (TextsOf(session, NamesKey) is not { } names)
            return null;
        string[] units = TextsOf(session, UnitsKey) ?? [.. names.Select(_ => "")];
        return units.Length == names.Length
            ? [.. names.Zip(units, (name, unit) => new SensorChannel(name, unit))]
            : throw new ModelError(session.Model.Path,
                $"'{UnitsKey}' in its metadata are {units.Length}, '{NamesKey}' {names.Length}; "
                + "as many would be right");
    }

    /// <summary>
    /// How samples become the model's input: as configured; where that is silent, as the model's file says.
    /// </summary>
    /// <exception cref="ModelError">The file says something that is no number, or 0 for a deviation.</exception>
    public static PreprocessOptions Normalise(PreprocessOptions options, ISession session)
    {
        bool isSilent = options.Mean is [0] && options.Deviation is [1];
        bool isWindow = session.Inputs[0].Pixels is null && PictureShape.Of(session.Inputs[0].Shape) is null;
        if (!isSilent || !isWindow)
            return options;
        IReadOnlyList<float> deviation = NumbersOf(session, DeviationKey) ?? options.Deviation;
        return deviation.Contains(0)
            ? throw new ModelError(session.Model.Path, $"'{DeviationKey}' in its metadata holds 0, which cannot divide")
            : options with { Mean = NumbersOf(session, MeanKey) ?? options.Mean, Deviation = deviation };
    }

    private static float[]? NumbersOf(ISession session, string key) =>
        TextsOf(session, key)?.Select(text => NumberOf(session, key, text)).ToArray();

    private static float NumberOf(ISession session, string key, string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
            && float.IsFinite(number)
            ? number
            : throw new ModelError(session.Model.Path,
                $"'{key}' in its metadata holds '{text}'; numbers separated by commas would be right");

    private static string[]? TextsOf(ISession session, string key) =>
        session.Metadata.TryGetValue(key, out string? text) ? text.Split(',', StringSplitOptions.TrimEntries) : null;
}
