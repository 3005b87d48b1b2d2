using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Commands;
using EdgeConv.Daemon.Demo;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Inspection;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Decoding;
using EdgeConv.Pipeline.Governing;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Benchmarks.Family;

/// <summary>A member of the fashion family and what it is worth.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Notes">Metadata of its file.</param>
/// <param name="Totals">Counts, as <c>edgeconv inspect</c> tells them.</param>
/// <param name="Accuracy">Share of right answers on the test pictures.</param>
/// <param name="Pictures">How many there are.</param>
/// <param name="Figures">Time and energy of one inference on one thread.</param>
internal sealed record MeasuredMember(
    string Name, IReadOnlyDictionary<string, string> Notes, InspectedTotals Totals, double Accuracy, int Pictures,
    PointFigures Figures)
{
    private const int Size = 28;

    /// <summary>Half of the 95 % interval of the accuracy: 1.96 √(p (1 - p) / n).</summary>
    public double AccuracyMargin => 1.96 * Math.Sqrt(Accuracy * (1 - Accuracy) / Pictures);

    /// <summary>Measures members, their times by the native program.</summary>
    /// <param name="program">The native program.</param>
    /// <param name="restored">Folder with <c>fashion/</c>, see <c>deploy/demo/restore-data.sh</c>.</param>
    /// <param name="preprocess">How their inputs are prepared.</param>
    /// <param name="models">The files.</param>
    /// <exception cref="EdgeConvError">Pictures or a model cannot be read.</exception>
    public static IReadOnlyList<MeasuredMember> Measure(
        string program, string restored, PreprocessOptions preprocess, IReadOnlyList<string> models)
    {
        IdxFile pictures = IdxFile.Read(Path.Combine(restored, "fashion", "t10k-images-idx3-ubyte.gz"));
        IdxFile labels = IdxFile.Read(Path.Combine(restored, "fashion", "t10k-labels-idx1-ubyte.gz"));
        double[] accuracies = [.. models.Select(model => AccuracyOf(model, preprocess, pictures, labels))];
        List<ISession> sessions = [];
        try
        {
            sessions.AddRange(models.Select(model => new EngineSessionFactory().Load(model, new SessionOptions())));
            sessions.ForEach(InputNoise.Fill);
            PointFigures[] figures = FiguresOf(sessions, NativeBench.Measure(program, models));
            return
            [
                .. models.Select((model, i) => new MeasuredMember(
                    sessions[i].Model.Name, sessions[i].Metadata, ModelInspection.Read(model).Totals, accuracies[i],
                    pictures.Count, figures[i])),
            ];
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    private static double AccuracyOf(string model, PreprocessOptions preprocess, IdxFile pictures, IdxFile labels)
    {
        ISession session =
            new EngineSessionFactory().Load(model, new SessionOptions { Pixels = preprocess.Pixels });
        using FamilyMember member = new(session, null, preprocess, new DecodeOptions { Top = 1, Softmax = true }, 1);
        int right = 0;
        for (int i = 0; i < pictures.Count; i++)
        {
            using Frame frame = new GrayPicture(pictures.Item(i), Size).ToFrame();
            member.Process(frame, TimeProvider.System);
            right += ClassifierOutput.ClassOf(session) == labels.Values[i] ? 1 : 0;
        }

        return (double)right / pictures.Count;
    }

    private static PointFigures[] FiguresOf(List<ISession> sessions, IReadOnlyList<ServiceTime> times)
    {
        EnergyProbe probe = ProfileCommand.CreateProbe();
        SessionEnergy energy = new(probe.MeasureIdle() ? probe : null, EnergyModel.Uncalibrated);
        return [.. sessions.Zip(times, (session, time) => energy.FiguresOf(session, time, threads: 1))];
    }
}
