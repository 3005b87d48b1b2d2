using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.PlanCache;
using EdgeConv.Engine.Tests.Execution;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.PlanCache;

public sealed class PlanFolderTest : IDisposable
{
    private static readonly SessionOptions Options = SeparableModel.Sized(32, 32);
    private readonly SeparableModel _net = new();
    private readonly List<string> _notices = [];

    private PlanFolder Folder => new(_net.Plans, _notices.Add);

    private string Plan => Folder.PathOf(_net.Path, Options);

    public void Dispose() => _net.Dispose();

    [Fact]
    public void A_plan_packs_nothing_and_computes_the_same()
    {
        (float[] expected, ModelIdentity identity, long packed) = Load();
        Assert.True(packed > 0);
        Assert.True(File.Exists(Plan));
        (float[] actual, ModelIdentity again, long packedAgain) = Load();
        Assert.Equal(0, packedAgain);
        Assert.Equal(expected, actual);
        Assert.Equal(identity, again);
        Assert.Empty(_notices);
        Assert.Equal([Plan], Directory.GetFiles(_net.Plans));
    }

    [Fact]
    public void A_session_with_a_map_has_a_plan_of_its_own()
    {
        string tapped = Folder.PathOf(_net.Path, Options with { Taps = ["y"] });
        string mapped = Folder.PathOf(_net.Path, Options with { Maps = ["y"] });
        Assert.Equal(3, new[] { Plan, tapped, mapped }.Distinct().Count());
    }

    [Fact]
    public void Trained_models_compute_the_same_from_a_plan()
    {
        int compared = 0;
        foreach (string path in RealModels.Trained())
        {
            float[] Run()
            {
                using ISession session = new EngineSessionFactory(Folder).Load(path, new SessionOptions());
                if (session.MultiplyAdds > 50_000_000 || session.Outputs[0].Type != DataType.Float32)
                    return [];
                SmallModels.Fill((EngineSession)session);
                session.Run();
                return session.GetOutput(0).AsSpan<float>().ToArray();
            }

            float[] expected = Run();
            Assert.Equal(expected, Run());
            compared += expected.Length == 0 ? 0 : 1;
        }

        Assert.True(compared >= 4, $"{compared} models");
        Assert.Empty(_notices);
    }

    [Fact]
    public void Another_state_of_the_model_makes_the_plan_anew()
    {
        Load();
        _net.Write(seed: 2);
        (float[] actual, _, long packed) = Load();
        Assert.True(packed > 0);
        Assert.Equal([$"{Plan}: is of an earlier state of the model; it is made anew"], _notices);
        using ISession plain = new EngineSessionFactory().Load(_net.Path, Options);
        Assert.Equal(SeparableModel.Run(plain), actual);
        Assert.Equal(0, Load().Packed);
    }

    [Fact]
    public void A_model_replaced_by_one_of_the_same_size_and_times_is_told_from_it()
    {
        Load();
        DateTime written = File.GetLastWriteTimeUtc(_net.Path);
        _net.Write(seed: 2);
        File.SetLastWriteTimeUtc(_net.Path, written);
        Assert.True(Load().Packed > 0);
    }

    [Fact]
    public void Plans_of_another_engine_or_other_kernels_are_made_anew()
    {
        Load();
        PlanKey key = new("", "", default);
        Assert.Equal("is of another build of the engine", (key with { Engine = "x" }).WhyStale(key));
        Assert.Equal(
            "is for kernels of another machine (Neon, here Avx2)",
            (key with { Kernels = "Neon" }).WhyStale(key with { Kernels = "Avx2" }));
    }

    [Fact]
    public void A_plan_cut_short_at_any_length_is_made_anew()
    {
        (float[] expected, _, _) = Load();
        byte[] whole = File.ReadAllBytes(Plan);
        foreach (int length in new[] { 0, 7, 39, 40, 100, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(Plan, whole[..length]);
            _notices.Clear();
            Assert.Equal(expected, Load().Output);
            Assert.StartsWith($"{Plan}: is ", Assert.Single(_notices), StringComparison.Ordinal);
            Assert.Equal(whole.Length, new FileInfo(Plan).Length);
        }
    }

    [Fact]
    public void A_plan_with_any_bit_turned_is_made_anew()
    {
        (float[] expected, _, _) = Load();
        byte[] whole = File.ReadAllBytes(Plan);
        Random random = new(5);
        for (int i = 0; i < 200; i++)
        {
            byte[] broken = [.. whole];
            broken[i < 60 ? i % 40 : random.Next(40, broken.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Plan, broken);
            Assert.Equal(expected, Load().Output);
        }
    }

    [Fact]
    public void A_table_that_lies_with_a_right_checksum_reaches_no_foreign_memory()
    {
        Load();
        byte[] whole = File.ReadAllBytes(Plan);
        int table = (int)BitConverter.ToInt64(whole, 24);
        Random random = new(6);
        for (int i = 0; i < 300; i++)
        {
            byte[] broken = [.. whole];
            for (int change = 0; change <= i % 3; change++)
                broken[40 + random.Next(table)] = (byte)random.Next(256);
            BitConverter.TryWriteBytes(broken.AsSpan(8), Xxh64.Hash(broken.AsSpan(40, table)));
            File.WriteAllBytes(Plan, broken);
            Load();
        }
    }

    [Fact]
    public void A_folder_that_cannot_be_written_costs_a_notice_and_no_more()
    {
        File.WriteAllText(_net.Plans, "a file");
        Assert.NotEmpty(Load().Output);
        Assert.Contains("cannot be written", Assert.Single(_notices), StringComparison.Ordinal);
    }

    private (float[] Output, ModelIdentity Identity, long Packed) Load()
    {
        using LoadedModel model = new(_net.Path, Folder);
        using ISession session = model.CreateSession(Options);
        return (SeparableModel.Run(session), session.Model, model.PackedBytes);
    }
}
