using EdgeConv.Core;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;
using EdgeConv.Gating.Maps;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// What a fit taps and maps, and how: as it was asked for, or as the fingerprint that it recalibrates.
/// </summary>
internal sealed class FitChoices
{
    private readonly FitRequest _request;
    private readonly Fingerprint? _old;
    private readonly bool _isRefit;
    private readonly IReadOnlyList<TapChoice> _taps;
    private readonly MapRequest? _map;

    /// <param name="request">What was asked for.</param>
    /// <param name="old">
    /// The fingerprint whose taps and options are taken; null for those of the request.
    /// </param>
    /// <param name="isRefit">Whether the distances of <paramref name="old"/> are fitted anew.</param>
    /// <exception cref="EdgeConvError">The taps are wrong, or the model has none to choose.</exception>
    public FitChoices(FitRequest request, Fingerprint? old, bool isRefit)
    {
        _request = request;
        _old = old;
        _isRefit = isRefit;
        _taps = old is null ? TapArguments.Parse(request) : [.. old.Taps.Select(tap => tap.Choice)];
        _map = old is null
            ? request.Map
            : old.Map is { Choice: var known } ? new MapRequest(known.Mode, known.Layer) : null;
        MapLayers = _map is null ? [] : [LayerOf(_map)];
    }

    /// <summary>Values to tap.</summary>
    public IReadOnlyList<string> TapNames => [.. _taps.Select(tap => tap.Name)];

    /// <summary>The value to map, if any.</summary>
    public IReadOnlyList<string> MapLayers { get; }

    /// <summary>The options of the fit.</summary>
    /// <param name="session">Loaded with <see cref="TapNames"/> and <see cref="MapLayers"/>.</param>
    public FitOptions OptionsFor(ISession session)
    {
        FitOptions options = new()
        {
            Taps = [.. _taps.Select((tap, i) => tap with { Channels = session.Taps[i].Channels })],
            Classes = ClassifierOutput.ClassesOf(session),
            Alpha = _request.Alpha,
            Delta = _request.Delta,
            IsDeltaOptional = _request.IsDeltaOptional,
            Map = session.Maps.Select(kept => new MapChoice(
                kept.Name, kept.Height, kept.Width, kept.Channels, _map!.Mode)).FirstOrDefault(),
        };
        return _old is null ? options : LikeOf(_old, options);
    }

    private FitOptions LikeOf(Fingerprint old, FitOptions options) => options with
    {
        Estimator = old.Taps[0].Estimator,
        FixedShrinkage = old.Taps[0].Shrinkage,
        Seed = old.Seed,
        Kept = _isRefit ? null : old,
    };

    private string LayerOf(MapRequest map)
    {
        SessionOptions options = new() { InputShapes = _request.Shapes };
        return map.Layer
            ?? MapSelection.Of(_request.Model, ModelInspection.PointwiseLayers(_request.Model, options));
    }
}
