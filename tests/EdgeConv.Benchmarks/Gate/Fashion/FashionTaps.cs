using EdgeConv.Core;
using EdgeConv.Daemon.Demo;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Options;
using EdgeConv.Engine.Execution;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>
/// What the taps of one of our fashion models say of each of the 10,000 test pictures of Fashion-MNIST, on which
/// the models were not trained. The taps are those of the fingerprint beside it, which <c>edgeconv fit</c> chose.
/// </summary>
internal sealed class FashionTaps
{
    private const int Size = 28;

    private FashionTaps(ModelIdentity model, FitOptions options, float[][] statistics, int[] classes)
    {
        Model = model;
        Options = options;
        Statistics = statistics;
        Classes = classes;
    }

    /// <summary>The model.</summary>
    public ModelIdentity Model { get; }

    /// <summary>How a fingerprint of it is fitted.</summary>
    public FitOptions Options { get; }

    /// <summary>For each picture the statistics of all taps, one after another.</summary>
    public float[][] Statistics { get; }

    /// <summary>For each picture the model's answer.</summary>
    public int[] Classes { get; }

    /// <summary>Runs a model over the pictures.</summary>
    /// <exception cref="EdgeConvError">Pictures, model or fingerprint cannot be read.</exception>
    public static FashionTaps Read(GateData data, string name)
    {
        string folder = Path.Combine(data.Models, "fashion"), stem = Path.Combine(folder, name);
        IdxFile pictures = IdxFile.Read(Path.Combine(data.Restored, "fashion", "t10k-images-idx3-ubyte.gz"));
        PreprocessOptions preprocess =
            ConfigReader.ReadFile(Path.Combine(folder, "fit.yaml")).Pipelines[0].Preprocess;
        Fingerprint fitted = Fingerprint.Read(stem + ".ecfp");
        ISession session = new EngineSessionFactory().Load(stem + ".onnx", new SessionOptions
        {
            Taps = [.. fitted.Taps.Select(tap => tap.Name)],
            Pixels = preprocess.Pixels,
        });
        DecodeOptions decode = new() { Top = 1, Softmax = true };
        using FamilyMember member = new(session, null, preprocess, decode, 1);
        float[][] statistics = new float[pictures.Count][];
        int[] classes = new int[pictures.Count];
        for (int i = 0; i < pictures.Count; i++)
            (statistics[i], classes[i]) = Run(member, pictures.Item(i));
        return new FashionTaps(session.Model, OptionsOf(fitted), statistics, classes);
    }

    private static (float[] Statistics, int Class) Run(FamilyMember member, ReadOnlyMemory<byte> picture)
    {
        using Frame frame = new GrayPicture(picture, Size).ToFrame();
        member.Process(frame, TimeProvider.System);
        ISession session = member.Session;
        IEnumerable<float> statistics =
            Enumerable.Range(0, session.Taps.Count).SelectMany(tap => session.GetTap(tap).ToArray());
        return ([.. statistics], ClassifierOutput.ClassOf(session));
    }

    private static FitOptions OptionsOf(Fingerprint fitted) => new()
    {
        Classes = fitted.Taps[0].Moments.Classes,
        Taps = [.. fitted.Taps.Select(tap => tap.Choice)],
    };
}
