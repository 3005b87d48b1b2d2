using EdgeConv.Core;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;
using EdgeConv.Testing;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Pipeline.Tests;

public sealed class FamilyMemberTest : IDisposable
{
    private readonly FakeSession _one = Session(1), _two = Session(2);
    private readonly FamilyMember _member;

    public FamilyMemberTest() => _member = new FamilyMember(
        [new ThreadedSession(1, _one), new ThreadedSession(2, _two)],
        null, new PreprocessOptions(), new DecodeOptions { Labels = ["none", "one", "two"], Softmax = false });

    public void Dispose() => _member.Dispose();

    [Fact]
    public void A_sample_runs_on_the_threads_that_are_in_use()
    {
        using Window sample = Samples.Window(new float[4], 1);
        Assert.Equal([1, 2], _member.ThreadCounts);
        Assert.Equal(1, _member.Threads);
        Assert.Equal("one", _member.Process(sample, TimeProvider.System).Prediction.Label);
        _member.Use(2);
        Assert.Equal("two", _member.Process(sample, TimeProvider.System).Prediction.Label);
        Assert.Equal((1, 1), (_one.Runs, _two.Runs));
    }

    [Fact]
    public void Threads_without_a_session_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _member.Use(3));
        Assert.Equal(1, _member.Threads);
    }

    [Fact]
    public void A_move_allocates_nothing() => Assert.Equal(0, Allocation.Least(() =>
    {
        _member.Use(2);
        _member.Session.Run();
        _member.Use(1);
        _member.Session.Run();
    }));

    // Answers with class n.
    private static FakeSession Session(int n) =>
        new(new Shape(1, 1, 4), [new Shape(1, 3)], session => session.GetOutput(0).AsSpan<float>()[n] = 1);
}
