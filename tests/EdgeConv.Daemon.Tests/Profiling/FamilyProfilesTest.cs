using EdgeConv.Core;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests.Profiling;

public sealed class FamilyProfilesTest : IDisposable
{
    private readonly string _folder = Path.Combine(
        Directory.CreateTempSubdirectory("edgeconv-profile").FullName, "cache");
    private readonly List<string> _notices = [];
    private readonly ManualTime _time = new();
    private readonly List<FakeSession> _sessions = [];
    private readonly List<FamilyMember> _family = [];

    public FamilyProfilesTest()
    {
        Add("l", (1, 8), (2, 5));
        Add("s", (1, 2), (2, 1));
    }

    public void Dispose()
    {
        _family.ForEach(member => member.Dispose());
        Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
    }

    [Fact]
    public void Every_member_on_every_number_of_threads_is_a_point()
    {
        IReadOnlyList<PointProfile> points = Profiles().Of(Options(), _family);
        Assert.Equal([(0, 1, 8), (0, 2, 5), (1, 1, 2), (1, 2, 1)],
            points.Select(point => (point.Member, point.Threads, point.Service.TotalMilliseconds)));
        // 0.75 W for each busy core.
        Assert.Equal([6.0, 7.5, 1.5, 1.5], points.Select(point => Math.Round(point.Joules * 1000, 9)));
        Assert.True(points[0].Accuracy > points[2].Accuracy);
    }

    [Fact]
    public void A_second_start_runs_nothing()
    {
        IReadOnlyList<PointProfile> first = Profiles().Of(Options(), _family);
        int[] runs = [.. _sessions.Select(session => session.Runs)];
        Assert.All(runs, count => Assert.InRange(count, 4, 100));
        Assert.Equal(first, Profiles().Of(Options(), _family));
        Assert.Equal(runs, _sessions.Select(session => session.Runs));
        Assert.Empty(_notices);
    }

    [Fact]
    public void Only_what_is_damaged_or_foreign_is_measured_anew_and_said_in_a_line()
    {
        Profiles().Of(Options(), _family);
        string damaged = Directory.GetFiles(_folder, "s-*-2.ecprofile").Single();
        File.WriteAllText(damaged, "what is this?");
        int[] runs = [.. _sessions.Select(session => session.Runs)];
        Profiles().Of(Options(), _family);
        Assert.Equal($"{damaged}: is no profile, or is damaged; it is measured anew", Assert.Single(_notices));
        Assert.Equal(runs[..3], _sessions.Take(3).Select(session => session.Runs));
        Assert.True(_sessions[3].Runs > runs[3]);
        Profiles().Of(Options(), _family);
        Assert.Single(_notices);
    }

    [Fact]
    public void Another_preparation_is_measured_for_itself()
    {
        Profiles().Of(Options(), _family);
        Profiles().Of(Options() with { Preprocess = new PreprocessOptions { Mean = [3] } }, _family);
        Assert.Equal(8, Directory.GetFiles(_folder).Length);
        Assert.Empty(_notices);
    }

    [Fact]
    public void Where_nothing_can_be_kept_a_start_measures_and_says_so()
    {
        File.WriteAllText(_folder, "a file where the folder should be");
        IReadOnlyList<PointProfile> points = Profiles().Of(Options(), _family);
        Assert.Equal(4, points.Count);
        Assert.Equal(4, _notices.Count);
        Assert.All(_notices, notice => Assert.Contains("cannot be written", notice, StringComparison.Ordinal));
        File.Delete(_folder);
    }

    [Fact]
    public void Without_a_folder_every_start_measures()
    {
        new FamilyProfiles(null, _time).Of(Options(), _family);
        int runs = _sessions[0].Runs;
        new FamilyProfiles(null, _time).Of(Options(), _family);
        Assert.True(_sessions[0].Runs > runs);
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void A_thorough_measurement_takes_the_place_of_what_is_known()
    {
        Profiles().Of(Options(), _family);
        IReadOnlyList<ProfiledPoint> renewed = Profiles().Renew(Options(), _family, null, out string sample);
        Assert.Equal("4x1", sample);
        Assert.All(renewed, point => Assert.True(point.Figures.Runs >= 20));
        Assert.Equal(renewed.Select(point => point.Profile), Profiles().Of(Options(), _family));
    }

    private FamilyProfiles Profiles() => new(new ProfileFolder(_folder, _notices.Add), _time);

    private void Add(string name, params (int Threads, double Milliseconds)[] sessions) => _family.Add(new FamilyMember(
        [.. sessions.Select(s => new ThreadedSession(s.Threads, Session(name, s.Milliseconds)))],
        null, new PreprocessOptions(), new DecodeOptions()));

    private FakeSession Session(string name, double milliseconds)
    {
        FakeSession session = new(new Shape(1, 1, 4), [new Shape(1, 2)],
            _ => _time.Advance(TimeSpan.FromMilliseconds(milliseconds)))
        {
            Model = new ModelIdentity(name, $"/models/{name}.onnx", name.PadLeft(64, '0')),
        };
        _sessions.Add(session);
        return session;
    }

    private static PipelineOptions Options() => new()
    {
        Name = "a",
        Place = "c.yaml:1: pipelines[0]",
        Source = new SourceOptions { Kind = SourceKind.Stdin },
        Models = [new MemberOptions("/models/l.onnx", null), new MemberOptions("/models/s.onnx", null)],
    };
}
