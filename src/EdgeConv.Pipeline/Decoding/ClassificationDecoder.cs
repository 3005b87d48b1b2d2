using System.Globalization;
using EdgeConv.Core;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Pipeline.Decoding;

/// <summary>
/// The best classes of one output <c>[1,K]</c>, with probabilities by softmax where it holds logits.
/// </summary>
public sealed class ClassificationDecoder : IDecoder
{
    private readonly DecodeOptions _options;
    private readonly string[] _labels;
    private readonly float[] _scores;
    private readonly int[] _order;

    /// <exception cref="ModelError">Output 0 holds no class scores.</exception>
    /// <exception cref="ConfigError">There are labels, but not one for each class.</exception>
    public ClassificationDecoder(DecodeOptions options, ISession session)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(session);
        TensorInfo output = session.Outputs[0];
        bool isRow = output.Shape.Dimensions.ToArray().Count(extent => extent != 1) <= 1;
        if (output.Type != DataType.Float32 || !isRow || output.Shape.ElementCount is 0 or > 1_000_000)
        {
            throw new ModelError(session.Model.Path,
                $"output '{output.Name}' is {DataTypes.NameOf(output.Type)}{output.Shape}; " +
                "a classification needs float32 [1,K]");
        }

        int classes = (int)output.Shape.ElementCount;
        if (options.Labels.Count != 0 && options.Labels.Count != classes)
        {
            throw new ConfigError("decode.labels",
                $"{options.Labels.Count} labels, but '{output.Name}' of {session.Model.Path} has {classes} classes");
        }

        _options = options;
        _scores = new float[classes];
        _order = new int[classes];
        _labels = options.Labels.Count != 0
            ? [.. options.Labels]
            : [.. Enumerable.Range(0, classes).Select(i => i.ToString(CultureInfo.InvariantCulture))];
    }

    /// <inheritdoc/>
    public int Classes => _scores.Length;

    /// <inheritdoc/>
    public Prediction Decode(ISession session, in ImageMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.GetOutput(0).AsSpan<float>().CopyTo(_scores);
        if (_options.Softmax)
            Softmax(_scores);
        ScoredLabel[] top = Best(Math.Min(_options.Top, _scores.Length));
        return new Prediction
        {
            Kind = PredictionKind.Classification,
            Label = top[0].Label,
            Score = top[0].Score,
            Top = top,
        };
    }

    // e^(x - max) / sum, which cannot overflow.
    private static void Softmax(Span<float> values)
    {
        float max = float.NegativeInfinity;
        foreach (float value in values)
            max = Math.Max(max, value);
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
            sum += values[i] = MathF.Exp(values[i] - max);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(values[i] / sum);
    }

    private ScoredLabel[] Best(int count)
    {
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
        ScoredLabel[] best = new ScoredLabel[count];
        for (int rank = 0; rank < count; rank++)
        {
            int winner = rank;
            for (int i = rank + 1; i < _order.Length; i++)
            {
                if (_scores[_order[i]] > _scores[_order[winner]])
                    winner = i;
            }

            (_order[rank], _order[winner]) = (_order[winner], _order[rank]);
            best[rank] = new ScoredLabel(_labels[_order[rank]], _scores[_order[rank]]);
        }

        return best;
    }
}
