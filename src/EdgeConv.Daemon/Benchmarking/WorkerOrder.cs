using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Daemon.Options;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>
/// What a worker is to load; its command line is <c>BACKEND THREADS MODEL [NAME=SHAPE …]</c>.
/// </summary>
/// <param name="Backend">With which backend.</param>
/// <param name="Threads">On how many threads.</param>
/// <param name="Model">An ONNX file.</param>
/// <param name="Shapes">Shapes for inputs, by name.</param>
internal sealed record WorkerOrder(
    Backend Backend, int Threads, string Model, IReadOnlyDictionary<string, Shape> Shapes)
{
    /// <summary>How a session is made of it.</summary>
    public SessionOptions SessionOptions => new() { Threads = Threads, InputShapes = Shapes };

    /// <summary>The words of the command line.</summary>
    public IEnumerable<string> Arguments =>
    [
        Backend.ToString(),
        Threads.ToString(CultureInfo.InvariantCulture),
        Model,
        .. Shapes.Select(pair => ShapeArgument.Format(pair.Key, pair.Value)),
    ];

    /// <summary>Reads <see cref="Arguments"/>.</summary>
    /// <returns>Null when the words are no order.</returns>
    /// <exception cref="ConfigError">A shape is none.</exception>
    public static WorkerOrder? Parse(ReadOnlySpan<string> words) =>
        words.Length >= 3 && Enum.TryParse(words[0], out Backend backend)
            && int.TryParse(words[1], CultureInfo.InvariantCulture, out int threads)
            ? new WorkerOrder(backend, threads, words[2], ShapeArgument.ParseAll(words[3..].ToArray()))
            : null;
}
