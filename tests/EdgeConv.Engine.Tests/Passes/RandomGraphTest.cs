using EdgeConv.Engine.Onnx.Format;
using EdgeConv.Engine.Tests.Onnx;
using Xunit;

namespace EdgeConv.Engine.Tests.Passes;

/// <summary>Chains of random nodes, with taps and side branches, compute the same after all passes.</summary>
public class RandomGraphTest
{
    private const int Graphs = 500;

    [Fact]
    public void Random_chains_compute_the_same_after_all_passes()
    {
        int merged = 0;
        for (int seed = 0; seed < Graphs; seed++)
        {
            Exception? problem = Record.Exception(() => merged += Check(seed));
            Assert.True(problem is null, $"seed {seed}: {problem}");
        }

        Assert.True(merged > Graphs, $"{merged} nodes merged in {Graphs} graphs");
    }

    private static int Check(int seed)
    {
        Random random = new(seed);
        Chain chain = new(random, [.. Enumerable.Range(0, random.Next(1, 10)).Select(_ => random.Next(13))]);
        string[] taps = [.. chain.Names.Where(_ => random.Next(4) == 0).Take(random.Next(3))];
        return chain.Names.Count() - PassCase.Graph(chain.Builder, taps).Nodes.Count;
    }

    /// <summary>A model that grows node by node; the value at its end is <c>[1,C,H,W]</c>.</summary>
    private sealed class Chain
    {
        private static readonly string[] Arithmetic = ["Mul", "Add", "Sub", "Div"];
        private readonly Random _random;
        private readonly List<(string Name, int[] Shape)> _values = [];
        private int[] _shape = [1, 2, 4, 5];
        private string _end = "x";

        public Chain(Random random, int[] kinds)
        {
            _random = random;
            Builder.Input("x", 1, 2, 4, 5);
            foreach (int kind in kinds)
                Grow(kind);
            Builder.Output(_end);
        }

        public ModelBuilder Builder { get; } = new();

        public IEnumerable<string> Names => _values.Select(value => value.Name);

        private string Fresh(string letter) => $"{letter}{_values.Count}";

        private float[] Numbers(int count, float least = -1) =>
            [.. Enumerable.Range(0, count)
                .Select(_ => least + (_random.NextSingle() * (1 - Math.Min(0, least))))];

        private void Grow(int kind)
        {
            int channels = _shape[1];
            switch (kind)
            {
                case 0 or 1:
                    Convolve();
                    break;
                case 2:
                    Builder.Constant(Fresh("g"), Numbers(channels));
                    Builder.Constant(Fresh("v"), Numbers(channels, .5f));
                    Append(
                        "BatchNormalization",
                        $"{_end} {Fresh("g")} {Fresh("g")} {Fresh("g")} {Fresh("v")}");
                    break;
                case 3 or 4 or 5 or 6:
                    Calculate(Arithmetic[kind - 3], channels);
                    break;
                case 7:
                    Builder.Integers(Fresh("p"), 0, 0, 1, 0, 0, 0, 1, 2);
                    Append("Pad", $"{_end} {Fresh("p")}", [1, channels, _shape[2] + 2, _shape[3] + 2]);
                    break;
                case 8:
                    Append(
                        "Transpose",
                        _end,
                        [1, channels, _shape[3], _shape[2]],
                        ModelBuilder.Ints("perm", 0, 1, 3, 2));
                    break;
                case 9:
                    Builder.Integers(Fresh("s"), [.. _shape.Select(extent => (long)extent)]);
                    Append("Reshape", $"{_end} {Fresh("s")}");
                    break;
                case 10 when _values.FindLast(value => value.Shape.SequenceEqual(_shape)).Name is { } earlier:
                    Append("Add", $"{_end} {earlier}");
                    break;
                default:
                    Append(kind == 11 ? "Identity" : "Relu", _end);
                    break;
            }
        }

        private void Convolve()
        {
            int outputs = _random.Next(1, 4);
            int kernel = Math.Min(_shape[2], _shape[3]) >= 3 ? 1 + (2 * _random.Next(2)) : 1;
            float[] weights = Numbers(outputs * _shape[1] * kernel * kernel);
            Builder.Constant(Fresh("w"), [outputs, _shape[1], kernel, kernel], weights);
            string bias = "";
            if (_random.Next(2) == 0)
            {
                bias = " " + Fresh("b");
                Builder.Constant(Fresh("b"), Numbers(outputs));
            }

            int[] shape = [1, outputs, _shape[2] - kernel + 1, _shape[3] - kernel + 1];
            Append("Conv", $"{_end} {Fresh("w")}{bias}", shape);
        }

        // Constants lie in 0.5..1, so that nothing is divided by little.
        private void Calculate(string name, int channels)
        {
            bool isOne = _random.Next(3) == 0;
            float[] constants = [.. Numbers(isOne ? 1 : channels, 0).Select(k => .5f + (k / 2))];
            Builder.Constant(Fresh("k"), isOne ? [] : [channels, 1, 1], constants);
            bool isFirst = name != "Div" && _random.Next(2) == 0;
            Append(name, isFirst ? $"{Fresh("k")} {_end}" : $"{_end} {Fresh("k")}");
        }

        private void Append(
            string name, string inputs, int[]? shape = null, params AttributeProto[] attributes)
        {
            string output = Fresh("y");
            Builder.Node(name, inputs, output, attributes);
            _shape = shape ?? _shape;
            _values.Add((output, _shape));
            _end = output;
        }
    }
}
