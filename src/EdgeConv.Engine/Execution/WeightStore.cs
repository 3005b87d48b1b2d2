using System.Collections.Concurrent;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Kernels;

namespace EdgeConv.Engine.Execution;

/// <summary>Makes a layer of its weights, or of none where they are packed already.</summary>
/// <param name="weights">The weights; null when they must not be read.</param>
internal unsafe delegate T MakeLayer<out T>(float* weights);

/// <summary>
/// The packed weights of one model file, by what they were packed of: sessions of several sizes share them, and
/// a plan cache keeps them from run to run.
/// </summary>
/// <remarks>
/// Weights that were not read yet are those of the file, which their name identifies. Others may be what passes
/// made of them for one size, so that their content counts too; so does that of the bias, which is packed with
/// them. Several threads may pack at once, but not of the same weights.
/// </remarks>
internal sealed class WeightStore : IDisposable
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<WeightBlock>> _blocks = new(StringComparer.Ordinal);
    private long _packedBytes;
    private long _reusedBytes;

    /// <summary>Bytes that had to be packed.</summary>
    public long PackedBytes => Interlocked.Read(ref _packedBytes);

    /// <summary>Bytes that were packed already when they were asked for.</summary>
    public long ReusedBytes => Interlocked.Read(ref _reusedBytes);

    /// <summary>The most threads that pack at once: the cores that the process may use.</summary>
    public int MostThreads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How many threads are to pack: one where weights are known already, of which few are left to be packed.
    /// </summary>
    public int PackingThreads => _blocks.IsEmpty ? MostThreads : 1;

    /// <summary>What is known, by key, in the order of the keys.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<WeightBlock>>> Blocks =>
        [.. _blocks.OrderBy(layer => layer.Key, StringComparer.Ordinal)];

    /// <summary>Takes over what is known from elsewhere.</summary>
    public void Add(string key, IReadOnlyList<WeightBlock> blocks)
    {
        if (!_blocks.TryAdd(key, blocks))
            Dispose(blocks);
    }

    /// <summary>Makes a layer, of packed weights if they are known.</summary>
    /// <exception cref="ModelError">The weights cannot be read.</exception>
    public unsafe T Pack<T>(Value weights, Tensor? bias, MakeLayer<T> make)
    {
        string content = KeyOf(weights, bias);
        // Sizes for which kernels pack the same weights in another way have a form of their own.
        for (int form = 0; ; form++)
        {
            string key = $"{content} {form}";
            if (!_blocks.TryGetValue(key, out IReadOnlyList<WeightBlock>? known))
                return PackAs(key, weights, make);
            if (!WeightLedger.TryReuse(known, () => make(null), out T? layer))
                continue;
            Interlocked.Add(ref _reusedBytes, BytesOf(known));
            return layer!;
        }
    }

    /// <summary>Sessions keep what they use.</summary>
    public void Dispose()
    {
        foreach (IReadOnlyList<WeightBlock> blocks in _blocks.Values)
            Dispose(blocks);
        _blocks.Clear();
    }

    private unsafe T PackAs<T>(string key, Value weights, MakeLayer<T> make)
    {
        (T layer, IReadOnlyList<WeightBlock>? made) =
            WeightLedger.Record(() => make((float*)weights.Constant!.Data));
        if (made is null)
            return layer;
        Interlocked.Add(ref _packedBytes, BytesOf(made));
        _blocks[key] = [.. made.Select(block => block.Share())];
        return layer;
    }

    private static string KeyOf(Value weights, Tensor? bias)
    {
        string content = weights.Constant!.IsPending ? "file" : HashOf(weights.Constant);
        return $"{weights.Name} {content} {(bias is null ? "none" : HashOf(bias))}";
    }

    private static string HashOf(Tensor tensor) => Xxh64.Hash(tensor.AsBytes()).ToString("x16", null);

    private static long BytesOf(IReadOnlyList<WeightBlock> blocks) =>
        blocks.Sum(block => block.Length * sizeof(float));

    private static void Dispose(IReadOnlyList<WeightBlock> blocks)
    {
        foreach (WeightBlock block in blocks)
            block.Dispose();
    }
}
