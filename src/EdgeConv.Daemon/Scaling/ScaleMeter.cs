using EdgeConv.Core;
using EdgeConv.Daemon.Benchmarking;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Engine.Execution;
using EdgeConv.Engine.Inspection;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Scaling;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Scaling;

/// <summary>Makes a base network's members and measures them, all in turns.</summary>
/// <param name="network">The base network.</param>
/// <param name="constants">α, β and γ.</param>
/// <param name="threads">Threads of each session.</param>
/// <param name="energy">Energies.</param>
/// <param name="folder">Where the members' files are left; null for nowhere.</param>
internal sealed class ScaleMeter(
    BaseNetwork network, ScalingConstants constants, int threads, SessionEnergy energy, string? folder)
{
    // All are loaded at once, with their weights packed beside.
    private const long MostBytes = 1L << 30;

    // About 0.3 s a member.
    private static readonly ProfileEffort Effort = new(12, TimeSpan.FromMilliseconds(25));

    /// <summary>Makes and measures the members at some scales.</summary>
    /// <exception cref="ConfigError">A scale is out of the question: names φ.</exception>
    public IReadOnlyList<ScalePoint> Measure(IReadOnlyList<double> scales)
    {
        foreach (double phi in scales)
        {
            if (network.ObstacleTo(constants.At(phi)) is { } obstacle)
                throw new ConfigError(PlaceOf(phi), obstacle);
        }

        List<Member> members = [];
        try
        {
            long bytes = 0;
            foreach (double phi in scales)
            {
                members.Add(Make(phi, out int length));
                bytes += length;
                if (bytes > MostBytes)
                {
                    throw new ConfigError(
                        PlaceOf(phi), $"takes, with those before it, more than {MostBytes >> 20} MB; fewer would be right");
                }
            }

            return Measure(members);
        }
        finally
        {
            members.ForEach(member => member.Session.Dispose());
        }
    }

    private List<ScalePoint> Measure(List<Member> members)
    {
        IReadOnlyList<ServiceTime> times = new FamilyProfiler(Effort, TimeProvider.System)
            .Measure([.. members.Select<Member, Action>(member => member.Session.Run)]);
        List<ScalePoint> points = [];
        foreach ((Member member, ServiceTime time) in members.Zip(times))
            points.Add(Describe(member, energy.FiguresOf(member.Session, time, threads)));
        return points;
    }

    private Member Make(double phi, out int length)
    {
        string name = $"{network.Model.Name}-phi{PhiArgument.Format(phi)}";
        SessionOptions options = new() { Threads = threads };
        try
        {
            ScaledNetwork scaled = network.Scale(constants.At(phi));
            length = scaled.File.Length;
            if (folder is not null)
                File.WriteAllBytes(Path.Combine(folder, $"{name}.onnx"), scaled.File);
            InspectedTotals totals = ModelInspection.Parse(scaled.File, name, options).Totals;
            ISession session = EngineSessionFactory.Load(OnnxReader.Parse(scaled.File, name), options);
            InputNoise.Fill(session);
            return new Member(phi, scaled.Extents, scaled.Blocks, totals, session);
        }
        catch (ModelError problem)
        {
            throw new ConfigError(PlaceOf(phi), problem.Message, problem);
        }
    }

    private ScalePoint Describe(Member member, PointFigures figures)
    {
        NetworkScale scale = constants.At(member.Phi);
        return new ScalePoint
        {
            Phi = member.Phi,
            Depth = scale.Depth,
            Width = scale.Width,
            Resolution = scale.Resolution,
            Input = member.Extents,
            Blocks = member.Blocks,
            MultiplyAdds = member.Totals.MultiplyAdds,
            Parameters = member.Totals.Parameters,
            ArenaBytes = member.Totals.ArenaBytes,
            Figures = figures,
        };
    }

    private static string PlaceOf(double phi) => $"--phi {PhiArgument.Format(phi)}";

    /// <summary>A network ready to run.</summary>
    private sealed record Member(
        double Phi, IReadOnlyList<int> Extents, int Blocks, InspectedTotals Totals, ISession Session);
}
