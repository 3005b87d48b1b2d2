using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Kernels;
using EdgeConv.Kernels.Convolution;

namespace EdgeConv.Benchmarks.Kernels;

/// <summary>A row of <see cref="KernelTable"/> and what it takes for one convolution.</summary>
/// <param name="Set">Its instruction set.</param>
/// <param name="Kernel">The layer's name.</param>
/// <param name="Microseconds">The least of many blocks of runs, with weights and images in the caches.</param>
internal sealed record TimedRow(KernelSet Set, string Kernel, double Microseconds);

/// <summary>All rows that accept a convolution, in the order of the table.</summary>
/// <param name="Shape">The convolution.</param>
/// <param name="Uses">How often the models have it.</param>
/// <param name="Rows">The first is what the engine takes.</param>
internal sealed record ComparedRows(ConvolutionShape Shape, int Uses, IReadOnlyList<TimedRow> Rows)
{
    private const int Rounds = 40;
    private const double BlockMicroseconds = 300;

    /// <summary>The first row.</summary>
    public TimedRow Chosen => Rows[0];

    /// <summary>The one of least time.</summary>
    public TimedRow Fastest => Rows.MinBy(row => row.Microseconds)!;

    /// <summary>Times the rows in turns, so that what disturbs one disturbs all.</summary>
    public static ComparedRows Measure(ConvolutionShape shape, int uses)
    {
        Random random = new(1);
        float[] weights = Noise(random, (long)shape.OutputChannels * shape.WeightsPerOutput);
        float[] bias = Noise(random, shape.OutputChannels);
        using Tensor input = Floats(shape.InputPixels * shape.InputChannels);
        using Tensor output = Floats(shape.OutputPixels * shape.OutputChannels);
        Noise(random, input.Shape.ElementCount).CopyTo(input.AsSpan<float>());
        List<(KernelSet Set, ConvolutionLayer Layer)> layers = [];
        foreach (KernelSet set in KernelTable.SupportedSets.Where(set => set != KernelSet.Scalar))
        {
            layers.AddRange(KernelTable.Convolutions(set)
                .Where(row => row.Accepts(shape))
                .Select(row => (set, row.Create(shape, weights, bias))));
        }

        TimedRow[] rows = Time(layers, input, output);
        layers.ForEach(layer => layer.Layer.Dispose());
        return new ComparedRows(shape, uses, rows);
    }

    private static TimedRow[] Time(
        List<(KernelSet Set, ConvolutionLayer Layer)> layers, Tensor input, Tensor output)
    {
        TimedLayer[] timed = [.. layers.Select(layer => new TimedLayer(layer.Layer, input, output))];
        for (int round = 0; round < Rounds; round++)
        {
            foreach (TimedLayer layer in timed)
                layer.RunBlock(BlockMicroseconds);
        }

        TimedRow[] rows = [.. timed.Select((layer, i) =>
            new TimedRow(layers[i].Set, layers[i].Layer.KernelName, layer.LeastMicroseconds))];
        Array.ForEach(timed, layer => layer.Dispose());
        return rows;
    }

    private static Tensor Floats(long count) => new(DataType.Float32, new Shape(checked((int)count)));

    private static float[] Noise(Random random, long length)
    {
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = (random.NextSingle() * 2) - 1;
        return values;
    }

    /// <summary>A layer with its memory.</summary>
    private sealed unsafe class TimedLayer(ConvolutionLayer layer, Tensor input, Tensor output) : IDisposable
    {
        private readonly Tensor _scratch = new(DataType.UInt8, new Shape(checked((int)layer.ScratchBytes)));
        private int _runs = 1;

        public double LeastMicroseconds { get; private set; } = double.MaxValue;

        public void RunBlock(double microseconds)
        {
            ConvolutionArguments arguments = new()
            {
                Input = (float*)input.Data,
                InputStride = layer.Shape.InputChannels,
                Output = (float*)output.Data,
                OutputStride = layer.Shape.OutputChannels,
                Scratch = (byte*)_scratch.Data,
                RowEnd = layer.Shape.OutputHeight,
            };
            layer.Run(arguments);
            long begun = Stopwatch.GetTimestamp();
            for (int run = 0; run < _runs; run++)
                layer.Run(arguments);
            double one = Stopwatch.GetElapsedTime(begun).TotalMicroseconds / _runs;
            LeastMicroseconds = Math.Min(LeastMicroseconds, one);
            _runs = (int)Math.Clamp(microseconds / LeastMicroseconds, 1, 10_000);
        }

        public void Dispose() => _scratch.Dispose();
    }
}
