using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Options;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Profiling;

/// <summary>An operating point and what is known of it.</summary>
/// <param name="Profile">For the governor.</param>
/// <param name="Figures">As measured.</param>
internal sealed record ProfiledPoint(PointProfile Profile, PointFigures Figures);

/// <summary>Knows what the points of a family take on this machine: from the cache, else by
/// measuring.</summary>
/// <param name="folder">Where figures are kept; null for nowhere.</param>
/// <param name="time">Clock.</param>
/// <param name="energy">Energies where no rail measured them; null for an uncalibrated model.</param>
internal sealed class FamilyProfiles(ProfileFolder? folder, TimeProvider time, EnergyModel? energy = null)
{
    private readonly EnergyModel _energy = energy ?? EnergyModel.Uncalibrated;

    /// <summary>Profiles for a start: those that are not known are measured briefly, and kept.</summary>
    /// <exception cref="EdgeConvError">Accuracies or fingerprints do not fit.</exception>
    public IReadOnlyList<PointProfile> Of(PipelineOptions options, IReadOnlyList<FamilyMember> family)
    {
        using Sample sample = ProfileSample.Of(options.Source, family[0], time);
        Query[] points = PointsOf(options, family, sample);
        Query[] unknown = [.. points.Where(point => point.Figures is null)];
        if (unknown.Length != 0)
            Measure(unknown, sample, ProfileEffort.Brief, probe: null);
        return [.. Join(options, family, points).Select(point => point.Profile)];
    }

    /// <summary>Measures all points thoroughly, and keeps what comes of it.</summary>
    /// <param name="options">The pipeline's.</param>
    /// <param name="family">Its members.</param>
    /// <param name="probe">Measures energies, its idle power known; null where the board does not
    /// tell.</param>
    /// <param name="sampleForm">Form of the sample that was used.</param>
    /// <exception cref="EdgeConvError">Accuracies or fingerprints do not fit.</exception>
    public IReadOnlyList<ProfiledPoint> Renew(
        PipelineOptions options, IReadOnlyList<FamilyMember> family, EnergyProbe? probe, out string sampleForm)
    {
        using Sample sample = ProfileSample.Of(options.Source, family[0], time);
        sampleForm = ProfileSample.FormOf(sample);
        Query[] points = [.. FamilyPoint.Of(family).Select(
            point => new Query(point, options.Models[point.Index].Path, ProfileKey.Of(point, options, sample)))];
        Measure(points, sample, ProfileEffort.Thorough, probe);
        return Join(options, family, points);
    }

    private Query[] PointsOf(PipelineOptions options, IReadOnlyList<FamilyMember> family, Sample sample)
    {
        List<Query> points = [];
        foreach (FamilyPoint point in FamilyPoint.Of(family))
        {
            string model = options.Models[point.Index].Path;
            ProfileKey key = ProfileKey.Of(point, options, sample);
            points.Add(new Query(point, model, key) { Figures = UpToDate(folder?.Read(model, key), point) });
        }

        return [.. points];
    }

    private void Measure(Query[] points, Sample sample, ProfileEffort effort, EnergyProbe? probe)
    {
        IReadOnlyList<ServiceTime> times =
            new FamilyProfiler(effort, time).Measure([.. points.Select(query => query.Point)], sample);
        for (int i = 0; i < points.Length; i++)
        {
            FamilyPoint point = points[i].Point;
            PointCost? measured = probe?.CostOf(() => point.Run(sample, time));
            points[i].Figures = PointFigures.Of(
                times[i], measured, CostOf(point, times[i].Median), time.GetUtcNow());
            folder?.Write(points[i].Model, points[i].Key, points[i].Figures!);
        }
    }

    // The board may have been calibrated since.
    private PointFigures? UpToDate(PointFigures? figures, FamilyPoint point)
    {
        if (figures is not { EnergyEstimated: true })
            return figures;
        PointCost cost = CostOf(point, TimeSpan.FromMilliseconds(figures.ServiceMs));
        return figures with
        {
            EnergyMj = cost.Joules * 1000,
            EnergyUncertaintyMj = cost.Joules * cost.RelativeUncertainty * 1000,
        };
    }

    private PointCost CostOf(FamilyPoint point, TimeSpan service)
    {
        point.Member.Use(point.Threads);
        return _energy.CostOf(InferenceWork.Of(point.Member.Session, service, point.Threads));
    }

    private static ProfiledPoint[] Join(
        PipelineOptions options, IReadOnlyList<FamilyMember> family, IReadOnlyList<Query> points)
    {
        IReadOnlyList<double> accuracies = FamilyAccuracy.Of(options, family).Values;
        return [.. points.Select(query => new ProfiledPoint(
            new PointProfile(
                query.Point.Index,
                query.Point.Member.Session.Model.Name,
                query.Point.Threads,
                accuracies[query.Point.Index],
                TimeSpan.FromMilliseconds(query.Figures!.ServiceMs),
                query.Figures.EnergyMj / 1000)
            {
                EnergyUncertainty = query.Figures.EnergyUncertaintyMj / query.Figures.EnergyMj,
            },
            query.Figures))];
    }

    /// <summary>A point, and its figures once they are known.</summary>
    private sealed record Query(FamilyPoint Point, string Model, ProfileKey Key)
    {
        public PointFigures? Figures { get; set; }
    }
}
