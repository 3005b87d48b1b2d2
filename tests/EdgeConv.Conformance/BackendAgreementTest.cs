using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Inspection;
using EdgeConv.OnnxRuntime;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Conformance;

/// <summary>
/// Our engine beside ONNX Runtime on every trained model at hand, with seeded random input.
/// </summary>
public class BackendAgreementTest
{
    private const float FourSteps = 4 / 256f;
    private const int RunsOfARound = 50;

    public static TheoryData<string> Models => [.. Find()];

    [Theory(
        SkipUnless = nameof(SharedData.IsPresent),
        SkipType = typeof(SharedData),
        Skip = SharedData.Absent)]
    [MemberData(nameof(Models))]
    public void Both_backends_agree(string model)
    {
        string path = PathOf(model);
        string[] taps = Taps(path);
        SessionOptions options = new() { Taps = taps, Maps = taps };
        using ISession ours = new EngineSessionFactory().Load(path, options);
        using ISession theirs = new OrtSessionFactory().Load(path, options);
        Assert.Equal(theirs.Inputs, ours.Inputs);
        Fill(ours, theirs, model.Contains("yunet", StringComparison.Ordinal) ? 255 : 1);
        ours.Run();
        theirs.Run();
        bool isQuantised =
            model.Contains("qdq", StringComparison.Ordinal)
                || model.Contains("int8", StringComparison.Ordinal);
        for (int i = 0; i < ours.Outputs.Count; i++)
        {
            Tensor expected = theirs.GetOutput(i);
            float tolerance = isQuantised ? FourSteps : 1e-4f * (1 + Distance.Magnitude(expected));
            float distance = Distance.Greatest(ours.GetOutput(i), expected);
            Assert.True(distance <= tolerance, $"{ours.Outputs[i].Name}: {distance} > {tolerance}");
        }

        if (!isQuantised)
        {
            CompareTaps(ours, theirs);
            CompareMaps(ours, theirs);
        }
    }

    [Theory(
        SkipUnless = nameof(SharedData.IsPresent),
        SkipType = typeof(SharedData),
        Skip = SharedData.Absent)]
    [MemberData(nameof(Models))]
    public void A_run_of_the_engine_allocates_nothing(string model)
    {
        string path = PathOf(model);
        using ISession session =
            new EngineSessionFactory().Load(path, new SessionOptions { Taps = Taps(path) });
        Assert.Equal(0, Allocation.Least(session.Run, RunsOfARound));
    }

    private static void CompareTaps(ISession ours, ISession theirs)
    {
        Assert.Equal(theirs.Taps, ours.Taps);
        for (int tap = 0; tap < ours.Taps.Count; tap++)
        {
            float[] expected = theirs.GetTap(tap).ToArray();
            float greatest = expected.Max(Math.Abs);
            foreach ((float e, float a) in expected.Zip(ours.GetTap(tap).ToArray()))
                Assert.True(
                    Math.Abs(e - a) <= 1e-4f * (1 + greatest), $"{ours.Taps[tap].Name}: {a}, expected {e}");
        }
    }

    private static void CompareMaps(ISession ours, ISession theirs)
    {
        Assert.Equal(theirs.Maps, ours.Maps);
        for (int map = 0; map < ours.Maps.Count; map++)
        {
            float[] expected = theirs.GetMap(map).ToArray(), found = ours.GetMap(map).ToArray();
            float tolerance = 1e-4f * (1 + expected.Max(Math.Abs));
            Assert.Equal(expected.Length, found.Length);
            int wrong = expected.Zip(found).Count(pair => !(Math.Abs(pair.First - pair.Second) <= tolerance));
            Assert.True(wrong == 0, $"{ours.Maps[map].Name}: {wrong} activations are off by more than {tolerance}");
        }
    }

    // The first and the deepest 1x1 convolution.
    private static string[] Taps(string path)
    {
        IReadOnlyList<PointwiseLayer> layers = ModelInspection.PointwiseLayers(path);
        return layers.Count == 0 ? [] : [layers[0].Output, layers[^1].Output];
    }

    private static void Fill(ISession ours, ISession theirs, float scale)
    {
        Random random = new(17);
        for (int i = 0; i < ours.Inputs.Count; i++)
        {
            Span<float> values = ours.GetInput(i).AsSpan<float>();
            foreach (ref float value in values)
                value = random.NextSingle() * scale;
            values.CopyTo(theirs.GetInput(i).AsSpan<float>());
        }
    }

    private static string PathOf(string model) => SharedData.PathOf(["models", .. model.Split('/')]);

    private static IEnumerable<string> Find()
    {
        if (!SharedData.IsPresent)
            return ["none"];
        string folder = SharedData.PathOf("models");
        return Directory.EnumerateFiles(folder, "*.onnx", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
                .Order(StringComparer.Ordinal);
    }
}
