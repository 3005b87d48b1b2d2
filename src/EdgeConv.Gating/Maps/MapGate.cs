using EdgeConv.Core;

namespace EdgeConv.Gating.Maps;

/// <summary>
/// Says where an input is odd, by a <see cref="PositionMap"/>. Allocates nothing once bound to a session. Not
/// thread-safe.
/// </summary>
public sealed class MapGate
{
    private readonly string _place;
    private readonly MapScorer _scorer;
    private readonly RegionSearch _search;
    private readonly float[] _distances;
    private ISession? _session;
    private int _index;

    /// <summary>Prepares a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="alpha">At most this share of in-distribution inputs has an odd position.</param>
    /// <param name="delta">1 − confidence in it; null for on average over calibration sets.</param>
    /// <param name="place">Where the map was read from, for messages.</param>
    public MapGate(PositionMap map, double alpha, double? delta, string place)
    {
        ArgumentNullException.ThrowIfNull(map);
        Map = map;
        Threshold = map.Threshold(alpha, delta);
        _place = place;
        _scorer = new MapScorer(map.Choice, map.Means, map.Factors);
        _search = new RegionSearch(map.Choice.Height, map.Choice.Width);
        _distances = new float[map.Choice.Positions];
    }

    /// <summary>The map.</summary>
    public PositionMap Map { get; }

    /// <summary>The squared distance above which a position is odd; infinite when none can be.</summary>
    public float Threshold { get; }

    /// <summary>The last evaluation's squared distance at each position, <c>[H W]</c>.</summary>
    public ReadOnlySpan<float> Distances => _distances;

    /// <summary>Checks that <paramref name="session"/> keeps the layer.</summary>
    /// <exception cref="FingerprintError">It does not, or the layer has other extents.</exception>
    public void Bind(ISession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        MapChoice wanted = Map.Choice;
        for (int i = 0; i < session.Maps.Count; i++)
        {
            MapInfo found = session.Maps[i];
            if (found.Name != wanted.Layer)
                continue;
            if ((found.Height, found.Width, found.Channels) != (wanted.Height, wanted.Width, wanted.Channels))
            {
                string here = $"{found.Height}x{found.Width}x{found.Channels}";
                string fitted = $"{wanted.Height}x{wanted.Width}x{wanted.Channels}";
                throw new FingerprintError(_place, $"map '{wanted.Layer}' is of {fitted}, the session's {here}; "
                    + "fit it at the input size that is run");
            }

            _index = i;
            _session = session;
            return;
        }

        throw new FingerprintError(_place, $"map '{wanted.Layer}' is not among the session's: "
            + string.Join(", ", session.Maps.Select(map => map.Name)));
    }

    /// <summary>
    /// Where the input of the session's last run is odd, in positions of the map; null when nowhere. Binds to
    /// a session it has not seen.
    /// </summary>
    /// <exception cref="FingerprintError">
    /// As <see cref="Bind"/>, at the first call with a session.
    /// </exception>
    public MapRegion? Evaluate(ISession session)
    {
        if (!ReferenceEquals(session, _session))
            Bind(session);
        return Evaluate(session.GetMap(_index));
    }

    /// <summary>Where activations <c>[H W, C]</c> are odd.</summary>
    public MapRegion? Evaluate(ReadOnlySpan<float> activations)
    {
        int oddest = _scorer.Score(activations, _distances);
        return _search.Find(_distances, oddest, Threshold);
    }
}
