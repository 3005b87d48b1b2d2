namespace EdgeConv.Engine.Scaling;

/// <summary>
/// How many channels squeeze-and-excitation squeezes to, as the blocks of a network tell: a share 1/n of those
/// that the block reads (EfficientNet) or of those it squeezes (MobileNetV3), rounded to a multiple of 8 or down.
/// </summary>
internal sealed class SqueezeRule
{
    // The usual ones first: in a small network several may explain all blocks.
    private static readonly int[] Denominators = [4, 16, 8, 2, 3, 6, 12, 24, 32];

    private readonly Func<int, int, int>? _rule;

    private SqueezeRule(Func<int, int, int>? rule) => _rule = rule;

    /// <summary>The first rule that gives what all blocks of a network have.</summary>
    public static SqueezeRule Of(IEnumerable<SeparableBlock> blocks)
    {
        SeparableBlock[] squeezing = [.. blocks.Where(block => block.Squeeze is not null)];
        return new SqueezeRule(Rules().FirstOrDefault(rule => squeezing.All(block =>
            rule(block.InputChannels, block.HiddenChannels) == block.SqueezedChannels)));
    }

    /// <summary>
    /// Channels that a block squeezes to with others than it has; in proportion where no rule explains it.
    /// </summary>
    public int Channels(SeparableBlock block, int input, int hidden)
    {
        if (_rule is not null)
            return _rule(input, hidden);
        double channels = (double)block.SqueezedChannels * hidden / block.HiddenChannels;
        return block.SqueezedChannels % 8 == 0
            ? NetworkScale.MultipleOfEight(channels)
            : Math.Max(1, (int)Math.Round(channels));
    }

    private static IEnumerable<Func<int, int, int>> Rules()
    {
        foreach (int n in Denominators)
        {
            yield return (input, _) => NetworkScale.MultipleOfEight((double)input / n);
            yield return (input, _) => Math.Max(1, input / n);
            yield return (_, hidden) => NetworkScale.MultipleOfEight((double)hidden / n);
            yield return (_, hidden) => Math.Max(1, hidden / n);
        }
    }
}
