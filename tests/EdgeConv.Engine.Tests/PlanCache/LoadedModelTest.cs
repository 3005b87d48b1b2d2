using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.PlanCache;
using Xunit;

namespace EdgeConv.Engine.Tests.PlanCache;

public sealed class LoadedModelTest : IDisposable
{
    private readonly SeparableModel _net = new();

    public void Dispose() => _net.Dispose();

    [Fact]
    public void Sessions_of_several_sizes_compute_what_separate_ones_do()
    {
        using LoadedModel model = new(_net.Path);
        foreach ((int height, int width) in new[] { (32, 32), (48, 40), (17, 33), (32, 32) })
        {
            SessionOptions options = SeparableModel.Sized(height, width);
            using ISession shared = model.CreateSession(options);
            using ISession separate = new EngineSessionFactory().Load(_net.Path, options);
            Assert.Equal(SeparableModel.Run(separate), SeparableModel.Run(shared));
            Assert.Equal(separate.Model, shared.Model);
        }
    }

    [Fact]
    public void Weights_are_packed_once_for_two_sizes()
    {
        using LoadedModel model = new(_net.Path);
        using ISession first = model.CreateSession(SeparableModel.Sized(64, 64));
        long packed = model.PackedBytes;
        Assert.True(packed >= 4 * (48 * 72 * 9), $"{packed} bytes");
        Assert.Equal(0, model.ReusedBytes);
        using ISession second = model.CreateSession(SeparableModel.Sized(32, 64));
        Assert.Equal(packed, model.PackedBytes);
        Assert.Equal(packed, model.ReusedBytes);
    }

    [Fact]
    public void Members_of_one_file_share_its_weights_and_outlive_what_loaded_them()
    {
        SessionOptions[] sizes = [SeparableModel.Sized(64, 64), SeparableModel.Sized(32, 64)];
        ISession[] sessions;
        using (SharedModels shared = new())
        {
            sessions = [.. sizes.Select(size => shared.Load(_net.Path, size))];
            Assert.True(shared.ReusedBytes >= 4 * (48 * 72 * 9), $"{shared.ReusedBytes} bytes");
        }

        for (int i = 0; i < sizes.Length; i++)
        {
            using ISession separate = new EngineSessionFactory().Load(_net.Path, sizes[i]);
            Assert.Equal(SeparableModel.Run(separate), SeparableModel.Run(sessions[i]));
            sessions[i].Dispose();
        }
    }

    [Fact]
    public void Only_a_kernel_whose_order_depends_on_the_width_packs_for_another_width()
    {
        using LoadedModel model = new(_net.Path);
        using ISession first = model.CreateSession(SeparableModel.Sized(64, 64));
        long packed = model.PackedBytes;
        using ISession second = model.CreateSession(SeparableModel.Sized(32, 32));
        Assert.InRange(model.PackedBytes, packed, packed + (4 * 80 * 26));
    }

    [Fact]
    public void A_session_outlives_its_model_and_the_others()
    {
        LoadedModel model = new(_net.Path);
        ISession first = model.CreateSession(SeparableModel.Sized(32, 32));
        float[] expected = SeparableModel.Run(first);
        using ISession second = model.CreateSession(SeparableModel.Sized(32, 32));
        first.Dispose();
        model.Dispose();
        Assert.Equal(expected, SeparableModel.Run(second));
    }

    [Fact]
    public void A_file_that_was_replaced_makes_no_further_session()
    {
        using LoadedModel model = new(_net.Path);
        using ISession first = model.CreateSession(SeparableModel.Sized(32, 32));
        _net.Write(seed: 2);
        ModelError error = Assert.Throws<ModelError>(() => model.CreateSession(SeparableModel.Sized(16, 16)));
        Assert.Equal($"{_net.Path}: was replaced since it was loaded; it must be loaded anew", error.Message);
    }

    [Fact]
    public void A_second_size_takes_weights_of_a_plan()
    {
        using (LoadedModel before = new(_net.Path, new PlanFolder(_net.Plans, _ => { })))
            before.CreateSession(SeparableModel.Sized(32, 32)).Dispose();
        using LoadedModel model = new(_net.Path, new PlanFolder(_net.Plans, Assert.Fail));
        using ISession first = model.CreateSession(SeparableModel.Sized(32, 32));
        using ISession second = model.CreateSession(SeparableModel.Sized(40, 32));
        Assert.Equal(0, model.PackedBytes);
        using ISession separate = new EngineSessionFactory().Load(_net.Path, SeparableModel.Sized(40, 32));
        Assert.Equal(SeparableModel.Run(separate), SeparableModel.Run(second));
    }
}
