using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests.Governing;

public sealed class FamilyProfilerTest : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Window _sample = Samples.Window(new float[4], 1);
    private readonly List<FamilyMember> _family = [];
    private readonly List<string> _order = [];

    public void Dispose()
    {
        _sample.Dispose();
        _family.ForEach(member => member.Dispose());
    }

    // The warm-up of 50 ms does not count, nor does the turn in which the machine was busy with something
    // else.
    [Fact]
    public void The_median_of_the_quietest_turn_counts()
    {
        Add("m", 50, /* first turn */ 3, 9, 9, 9, /* second */ 4, 5, 4, 7, 10);
        ServiceTime time = Measure(new ProfileEffort(2, TimeSpan.FromMilliseconds(30)));
        Assert.Equal((TimeSpan.FromMilliseconds(5), 9), (time.Median, time.Runs));
    }

    [Fact]
    public void The_p99_is_that_of_all_runs()
    {
        Add("m", [1, .. Enumerable.Repeat(1.0, 98), 30, 40]);
        ServiceTime time = Measure(new ProfileEffort(1, TimeSpan.FromMilliseconds(168)));
        Assert.Equal((100, TimeSpan.FromMilliseconds(30)), (time.Runs, time.P99));
        Assert.Equal(TimeSpan.FromMilliseconds(1), time.Median);
    }

    [Fact]
    public void A_point_slower_than_its_slice_runs_once_a_turn()
    {
        Add("m", 500, 500, 400, 600);
        ServiceTime time = Measure(ProfileEffort.Brief);
        Assert.Equal((3, TimeSpan.FromMilliseconds(400)), (time.Runs, time.Median));
    }

    [Fact]
    public void All_points_take_turns_on_the_threads_they_are_for()
    {
        Add("l", 20, 20, 20, 20);
        AddThreads("s", (1, [20, 20, 20, 20]), (2, [10, 10, 20, 20]));
        IReadOnlyList<FamilyPoint> points = FamilyPoint.Of(_family);
        Assert.Equal([(0, 1), (1, 1), (1, 2)], points.Select(point => (point.Index, point.Threads)));
        IReadOnlyList<ServiceTime> times =
            new FamilyProfiler(new ProfileEffort(2, TimeSpan.FromMilliseconds(20)), _time).Measure(points, _sample);
        Assert.Equal(
            ["l x1", "s x1", "s x2", "l x1", "s x1", "s x2", "s x2", "l x1", "s x1", "s x2"], _order);
        Assert.Equal([20, 20, 20], times.Select(time => time.Median.TotalMilliseconds));
    }

    [Fact]
    public void What_takes_no_time_on_a_coarse_clock_takes_a_microsecond()
    {
        FakeSession session = new(new Shape(1, 1, 4), [new Shape(1, 2)], _ => _time.Advance(TimeSpan.Zero));
        _family.Add(new FamilyMember(session, null, new PreprocessOptions(), new DecodeOptions(), 1));
        ServiceTime time = Measure(new ProfileEffort(1, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromMicroseconds(1), time.Median);
    }

    private ServiceTime Measure(ProfileEffort effort) =>
        Assert.Single(new FamilyProfiler(effort, _time).Measure(FamilyPoint.Of(_family), _sample));

    private void Add(string name, params double[] milliseconds) => AddThreads(name, (1, milliseconds));

    private void AddThreads(string name, params (int Threads, double[] Milliseconds)[] sessions) =>
        _family.Add(new FamilyMember(
            [.. sessions.Select(s => new ThreadedSession(s.Threads, Session($"{name} x{s.Threads}", s.Milliseconds)))],
            null, new PreprocessOptions(), new DecodeOptions()));

    private FakeSession Session(string name, double[] milliseconds) =>
        new(new Shape(1, 1, 4), [new Shape(1, 2)], session =>
        {
            _order.Add(name);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds[session.Runs - 1]));
        });
}
