namespace EdgeConv.Kernels;

/// <summary>
/// Notes the weights that are packed while a layer is made, and hands out those that are known from a layer of
/// the same weights: of a session for another size, or of a run of the program before.
/// </summary>
public sealed class WeightLedger
{
    [ThreadStatic]
    private static WeightLedger? _current;

    private readonly IReadOnlyList<WeightBlock>? _known;
    private readonly List<WeightBlock> _made = [];

    private WeightLedger(IReadOnlyList<WeightBlock>? known) => _known = known;

    /// <summary>Makes a layer of weights that are packed in <paramref name="known"/>.</summary>
    /// <param name="known">What <see cref="Record"/> noted of such a layer, in its order.</param>
    /// <param name="make">Makes the layer, without its weights.</param>
    /// <param name="layer">The layer.</param>
    /// <returns>False when the layer wants others, of which it may have begun to make some.</returns>
    public static bool TryReuse<T>(IReadOnlyList<WeightBlock> known, Func<T> make, out T? layer)
    {
        WeightLedger ledger = new(known);
        try
        {
            layer = ledger.Run(make);
            return true;
        }
        catch (UnknownWeightsException)
        {
            layer = default;
            return false;
        }
    }

    /// <summary>Makes a layer of weights that are not packed yet.</summary>
    /// <returns>
    /// The layer, and its weights in the order in which it packed them; null where others cannot use them.
    /// </returns>
    public static (T Layer, IReadOnlyList<WeightBlock>? Made) Record<T>(Func<T> make)
    {
        WeightLedger ledger = new(null);
        T layer = ledger.Run(make);
        return (layer, ledger._made.TrueForAll(block => block.Format is not null) ? ledger._made : null);
    }

    internal static WeightBlock Take(long length, string? format, out bool isFilled)
    {
        isFilled = _current?._known is not null;
        WeightBlock block = isFilled ? _current!.Next(length, format) : new WeightBlock(length, format);
        _current?._made.Add(block);
        return block;
    }

    private WeightBlock Next(long length, string? format)
    {
        bool isKnown = format is not null && _made.Count < _known!.Count
            && _known[_made.Count].Length == length && _known[_made.Count].Format == format;
        return isKnown ? _known![_made.Count].Share() : throw new UnknownWeightsException();
    }

    private T Run<T>(Func<T> make)
    {
        WeightLedger? outer = _current;
        _current = this;
        try
        {
            return make();
        }
        finally
        {
            _current = outer;
        }
    }

    private sealed class UnknownWeightsException : Exception;
}
