using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Tests.PlanCache;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Engine.Tests.Execution;

public sealed class ArenaTest : IDisposable
{
    private readonly SeparableModel _net = new();

    public void Dispose() => _net.Dispose();

    [Theory]
    [InlineData(16, 96, 40)]
    [InlineData(96, 40, 16)]
    public void The_arena_of_a_family_is_the_greatest_of_its_members_not_their_sum(params int[] sizes)
    {
        using SharedModels shared = new();
        Assert.Equal(0, shared.ArenaBytes);
        ISession[] sessions = LoadAll(shared, sizes, threads: [1, 2]);
        Assert.Equal(6, sessions.Length);
        Assert.Equal(sessions.Max(session => session.ArenaBytes), shared.ArenaBytes);
        DisposeAll(sessions);
    }

    [Fact]
    public void Every_member_computes_what_it_does_alone_whichever_ran_before()
    {
        using SharedModels shared = new();
        int[] sizes = [16, 96, 40], threads = [1, 2];
        ISession[] sessions = LoadAll(shared, sizes, threads);
        float[][] alone = [.. Options(sizes, threads).Select(RunAlone)];
        Random random = new(3);
        for (int turn = 0; turn < 60; turn++)
        {
            int next = random.Next(sessions.Length);
            Assert.Equal(alone[next], SeparableModel.Run(sessions[next]));
        }

        DisposeAll(sessions);
    }

    [Fact]
    public void Outputs_taps_and_maps_hold_while_a_later_session_is_loaded()
    {
        using SharedModels shared = new();
        SessionOptions tapped = SeparableModel.Sized(16, 16) with { Taps = ["c3"], Maps = ["c3"] };
        using ISession small = shared.Load(_net.Path, tapped);
        SeparableModel.Run(small);
        float[] before = Read(small);
        using ISession large = shared.Load(_net.Path, SeparableModel.Sized(96, 96));
        Assert.True(large.ArenaBytes > small.ArenaBytes);
        Assert.Equal(before, Read(small));
    }

    [Fact]
    public void A_switch_between_members_allocates_nothing()
    {
        using SharedModels shared = new();
        ISession[] sessions = LoadAll(shared, [16, 96], threads: [1, 2]);
        Assert.Equal(0, Allocation.Least(() =>
        {
            foreach (ISession session in sessions)
                session.Run();
        }));
        DisposeAll(sessions);
    }

    [Fact]
    public void A_member_outlives_the_others_and_what_loaded_them()
    {
        SharedModels shared = new();
        ISession[] sessions = LoadAll(shared, [40, 16], threads: [1]);
        shared.Dispose();
        sessions[0].Dispose();
        sessions[0].Dispose();
        Assert.Equal(RunAlone(SeparableModel.Sized(16, 16)), SeparableModel.Run(sessions[1]));
        sessions[1].Dispose();
    }

    [Fact]
    public void The_memory_of_a_closed_arena_goes_back_with_its_last_session()
    {
        Arena arena = new();
        using LoadedModel model = new(_net.Path);
        ISession session = model.CreateSession(SeparableModel.Sized(16, 16), arena);
        arena.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.CreateSession(SeparableModel.Sized(16, 16), arena));
        Assert.True(arena.IsMapped);
        session.Dispose();
        Assert.False(arena.IsMapped);
    }

    [Fact]
    public void Weights_are_packed_once_for_several_numbers_of_threads()
    {
        using SharedModels one = new(), two = new();
        DisposeAll(LoadAll(one, [96], threads: [1]));
        DisposeAll(LoadAll(two, [96], threads: [1, 2]));
        Assert.Equal(one.PackedBytes, two.PackedBytes);
        Assert.Equal(one.PackedBytes, two.ReusedBytes);
    }

    [Theory]
    [MemberData(nameof(OurModels))]
    public void A_second_number_of_threads_packs_nothing_of_our_models(string path)
    {
        using SharedModels shared = new();
        using ISession one = shared.Load(Repository.PathOf(path), new SessionOptions());
        long packed = shared.PackedBytes;
        using ISession two = shared.Load(Repository.PathOf(path), new SessionOptions { Threads = 2 });
        Assert.True(packed > 0);
        Assert.Equal((packed, packed), (shared.PackedBytes, shared.ReusedBytes));
    }

    public static TheoryData<string> OurModels =>
        [.. Directory.GetFiles(Repository.PathOf("deploy", "models"), "*.onnx", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal)];

    private ISession[] LoadAll(SharedModels shared, int[] sizes, int[] threads) =>
        [.. Options(sizes, threads).Select(options => shared.Load(_net.Path, options))];

    private static IEnumerable<SessionOptions> Options(int[] sizes, int[] threads) => sizes.SelectMany(
        size => threads.Select(count => SeparableModel.Sized(size, size) with { Threads = count }));

    private float[] RunAlone(SessionOptions options)
    {
        using ISession alone = new EngineSessionFactory().Load(_net.Path, options);
        return SeparableModel.Run(alone);
    }

    private static float[] Read(ISession session) =>
        [.. session.GetOutput(0).AsSpan<float>(), .. session.GetTap(0), .. session.GetMap(0)];

    private static void DisposeAll(ISession[] sessions)
    {
        foreach (ISession session in sessions)
            session.Dispose();
    }
}
