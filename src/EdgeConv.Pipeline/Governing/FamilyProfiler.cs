namespace EdgeConv.Pipeline.Governing;

/// <summary>Profiles a family by running it on this machine.</summary>
public static class FamilyProfiler
{
    private const int LeastRuns = 3;
    private const int MostRuns = 50;
    private static readonly TimeSpan s_enough = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Runs each member a few times on what its input holds and takes the median; energies are the model's of <see
    /// cref="EnergyMeter"/>.
    /// </summary>
    /// <param name="family">Members.</param>
    /// <param name="accuracies">See <see cref="PointProfile.Accuracy"/>, one a member.</param>
    /// <param name="time">Clock.</param>
    public static IReadOnlyList<PointProfile> Measure(
        IReadOnlyList<FamilyMember> family, IReadOnlyList<double> accuracies, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(accuracies);
        ArgumentNullException.ThrowIfNull(time);
        return [.. family.SelectMany((member, index) =>
            member.ThreadCounts.Select(threads => Measure(member, index, threads, accuracies[index], time)))];
    }

    private static PointProfile Measure(
        FamilyMember member, int index, int threads, double accuracy, TimeProvider time)
    {
        member.Use(threads);
        TimeSpan service = MedianRun(member, time);
        double joules = EnergyMeter.Of(service, threads, null).Millijoules / 1000;
        return new PointProfile(index, member.Session.Model.Name, threads, accuracy, service, joules);
    }

    private static TimeSpan MedianRun(FamilyMember member, TimeProvider time)
    {
        member.Session.Run();
        List<TimeSpan> runs = [];
        long begun = time.GetTimestamp();
        while (runs.Count < LeastRuns || (runs.Count < MostRuns && time.GetElapsedTime(begun) < s_enough))
        {
            long started = time.GetTimestamp();
            member.Session.Run();
            runs.Add(time.GetElapsedTime(started));
        }

        runs.Sort();
        TimeSpan median = runs[runs.Count / 2];
        return median > TimeSpan.Zero ? median : TimeSpan.FromMicroseconds(1);
    }
}
