using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Devices;
using EdgeConv.Engine.Inspection;
using EdgeConv.Gating;
using EdgeConv.Pipeline;

namespace EdgeConv.Daemon.Reporting;

/// <summary>Areas under the curve at one layer.</summary>
/// <param name="Layer">The layer's output.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="IsTap">Whether the fingerprint taps it.</param>
/// <param name="Areas">For each set of outliers those of <see cref="LayerDistances.Names"/>; NaN for none.</param>
internal sealed record LayerRow(string Layer, int Channels, bool IsTap, double[][] Areas);

/// <summary>
/// What a gate of one tap would see at each 1×1 convolution and by each distance: fitted to samples that the
/// fingerprint was fitted to, told by calibration samples, outliers made of them, and other data.
/// </summary>
internal sealed class LayerComparison
{
    /// <summary>Layers that are compared; of more, as many evenly spread ones beside the taps.</summary>
    public const int MostLayers = 16;

    /// <summary>Samples that are fitted to; of more, as many evenly spread ones.</summary>
    public const int MostFitted = 2000;

    /// <summary>Samples of each set that are told apart; of more, as many evenly spread ones.</summary>
    public const int MostJudged = 300;

    private readonly FamilyMember _member;
    private readonly InputValues _input;
    private readonly LayerDistances[] _layers;
    private readonly IReadOnlyList<SyntheticOutliers.Kind> _kinds;
    private readonly List<double[][]> _known = [];
    private readonly List<(string Name, List<double[][]> Scores)> _outliers = [];

    /// <param name="member">The model with the layers as taps.</param>
    /// <param name="input">Of the member.</param>
    public LayerComparison(FamilyMember member, InputValues input)
    {
        _member = member;
        _input = input;
        int classes = ClassifierOutput.ClassesOf(member.Session);
        _layers = [.. member.Session.Taps.Select(tap => new LayerDistances(tap.Channels, classes))];
        _kinds = SyntheticOutliers.For(input.IsPicture);
        _outliers.AddRange(_kinds.Select(kind => (kind.Name, new List<double[][]>())));
    }

    /// <summary>Sets of outliers in the order of <see cref="LayerRow.Areas"/>: made ones, then others.</summary>
    public IReadOnlyList<string> Outliers => [.. _outliers.Select(set => set.Name)];

    /// <summary>Layers to compare: 1×1 convolutions that make features, in execution order.</summary>
    /// <param name="layers">All 1×1 convolutions.</param>
    /// <param name="taps">Taps of the fingerprint, which are among them where they are such layers.</param>
    public static IReadOnlyList<string> Choose(IReadOnlyList<PointwiseLayer> layers, IReadOnlyList<string> taps)
    {
        string[] suitable = [.. layers.Where(layer => layer is { Positions: > 1, IsHead: false })
            .Select(layer => layer.Output)];
        int free = MostLayers - suitable.Count(taps.Contains);
        string[] others = [.. suitable.Where(name => !taps.Contains(name))];
        HashSet<string> chosen = [.. taps];
        for (int i = 0; i < Math.Min(free, others.Length); i++)
            chosen.Add(others[(int)((long)i * others.Length / Math.Min(free, others.Length))]);
        return [.. suitable.Where(chosen.Contains)];
    }

    /// <summary>Fits to and judges the in-distribution data, in two passes.</summary>
    /// <param name="data">The data.</param>
    /// <param name="roles">What each of its samples was to the fit.</param>
    /// <param name="cancellation">Ends it between two samples.</param>
    public async Task AddKnownAsync(
        SourceOptions data, IReadOnlyList<SampleRole> roles, CancellationToken cancellation)
    {
        await VisitAsync(data, Chosen(roles, SampleRole.Fit, MostFitted), _ => AddToFit(), cancellation)
            .ConfigureAwait(false);
        foreach (LayerDistances layer in _layers)
            layer.Finish();
        HashSet<int> judged = Chosen(roles, SampleRole.Calibration, MostJudged);
        await VisitAsync(data, judged, Judge, cancellation).ConfigureAwait(false);
    }

    /// <summary>Judges other data of so many usable samples.</summary>
    public async Task AddOtherAsync(
        string name, SourceOptions data, int count, CancellationToken cancellation)
    {
        List<double[][]> scores = [];
        SampleRole[] roles = [.. Enumerable.Repeat(SampleRole.Calibration, count)];
        HashSet<int> judged = Chosen(roles, SampleRole.Calibration, MostJudged);
        await VisitAsync(data, judged, _ => scores.Add(Scores()), cancellation).ConfigureAwait(false);
        _outliers.Add((name, scores));
    }

    /// <summary>What came of it, a row for each layer.</summary>
    public IReadOnlyList<LayerRow> Rows(IReadOnlyList<string> taps) =>
    [
        .. _member.Session.Taps.Select((tap, layer) => new LayerRow(
            tap.Name, tap.Channels, taps.Contains(tap.Name),
            [.. _outliers.Select(set => AreasOf(layer, set.Scores))])),
    ];

    private double[] AreasOf(int layer, List<double[][]> outliers) =>
    [
        .. Enumerable.Range(0, LayerDistances.Names.Count).Select(distance =>
        {
            double[] inliers = [.. _known.Select(sample => sample[layer][distance])];
            double[] others = [.. outliers.Select(sample => sample[layer][distance])];
            return inliers.Any(double.IsNaN) ? double.NaN : Auroc.Of(inliers, others);
        }),
    ];

    private static HashSet<int> Chosen(IReadOnlyList<SampleRole> roles, SampleRole role, int most)
    {
        int[] all = [.. Enumerable.Range(0, roles.Count).Where(i => roles[i] == role)];
        int count = Math.Min(most, all.Length);
        return [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Length / count)])];
    }

    private async Task VisitAsync(
        SourceOptions data, HashSet<int> chosen, Action<Sample> visit, CancellationToken cancellation)
    {
        int index = 0;
        await foreach (Sample sample in SampleStream.ReadAsync(data, _member, cancellation).ConfigureAwait(false))
        {
            if (!chosen.Contains(index++) || !CanBePrepared(sample))
                continue;
            _member.Session.Run();
            visit(sample);
        }
    }

    private bool CanBePrepared(Sample sample)
    {
        try
        {
            _member.Preprocess(sample);
            return true;
        }
        catch (DataError)
        {
            return false;
        }
    }

    private void AddToFit()
    {
        int classIndex = ClassifierOutput.ClassOf(_member.Session);
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            ReadOnlySpan<float> statistics = _member.Session.GetTap(layer);
            if (IsFinite(statistics))
                _layers[layer].Add(classIndex, statistics);
        }
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }

    private void Judge(Sample sample)
    {
        _known.Add(Scores());
        for (int kind = 0; kind < _kinds.Count; kind++)
        {
            _member.Preprocess(sample);
            Tensor tensor = _member.Session.GetInput(0);
            _input.Read(tensor);
            _kinds[kind].Make(_input, new Random(_known.Count * _kinds.Count + kind));
            _input.Write(tensor);
            _member.Session.Run();
            _outliers[kind].Scores.Add(Scores());
        }
    }

    private double[][] Scores() =>
        [.. _layers.Select((layer, i) => layer.Score(_member.Session.GetTap(i).ToArray()))];
}
