using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// What a worker is to load; its command line is <c>BACKEND THREADS MODEL [plans:FOLDER] [NAME=SHAPE …]</c>.
/// </summary>
/// <param name="Backend">With which backend.</param>
/// <param name="Threads">On how many threads.</param>
/// <param name="Model">An ONNX file.</param>
/// <param name="Shapes">Shapes for inputs, by name.</param>
internal sealed record WorkerOrder(
    Backend Backend, int Threads, string Model, IReadOnlyDictionary<string, Shape> Shapes)
{
    private const string PlansWord = "plans:";

    /// <summary>Where plans are kept; null for nowhere.</summary>
    public string? PlanFolder { get; init; }

    /// <summary>How a session is made of it.</summary>
    public SessionOptions SessionOptions => new() { Threads = Threads, InputShapes = Shapes };

    /// <summary>The words of the command line.</summary>
    public IEnumerable<string> Arguments =>
    [
        Backend.ToString(),
        Threads.ToString(CultureInfo.InvariantCulture),
        Model,
        .. PlanFolder is null ? [] : new[] { PlansWord + PlanFolder },
        .. Shapes.Select(pair => ShapeArgument.Format(pair.Key, pair.Value)),
    ];

    /// <summary>Reads <see cref="Arguments"/>.</summary>
    /// <returns>Null when the words are no order.</returns>
    /// <exception cref="ConfigError">A shape is none.</exception>
    public static WorkerOrder? Parse(ReadOnlySpan<string> words)
    {
        if (words.Length < 3 || !Enum.TryParse(words[0], out Backend backend)
            || !int.TryParse(words[1], CultureInfo.InvariantCulture, out int threads))
        {
            return null;
        }

        ReadOnlySpan<string> rest = words[3..];
        string? plans = rest is [var first, ..] && first.StartsWith(PlansWord, StringComparison.Ordinal)
            ? first[PlansWord.Length..]
            : null;
        string[] shapes = rest[(plans is null ? 0 : 1)..].ToArray();
        return new WorkerOrder(backend, threads, words[2], ShapeArgument.ParseAll(shapes))
        {
            PlanFolder = plans,
        };
    }
}
