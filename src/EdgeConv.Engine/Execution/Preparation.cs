using System.Runtime.ExceptionServices;
using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Prepares the operators of a graph: kernels are chosen, weights packed, and freed as soon as they are.
/// Where there is enough to pack, several threads do it; what comes of it does not depend on their number.
/// </summary>
/// <remarks>
/// Each thread has the raw weights of one node in memory at a time. Of several nodes that fail the first
/// one's error is thrown.
/// </remarks>
internal sealed class Preparation
{
    // Reading and packing so much takes about a millisecond, several times as long as starting a thread.
    private const long LeastBytesPerThread = 1 << 20;
    private const int StackBytes = 1 << 20;

    private readonly ModelGraph _graph;
    private readonly ConstantStore _constants;
    private readonly PrepareContext[] _contexts;
    private readonly Exception?[] _problems;
    private readonly Lock _gate = new();
    private int[][] _groups = [];
    private int _next = -1;
    private int _firstFailed = int.MaxValue;

    private Preparation(ModelGraph graph, ConstantStore constants, Func<Node, PrepareContext> makeContext)
    {
        _graph = graph;
        _constants = constants;
        _contexts = [.. graph.Nodes.Select(makeContext)];
        _problems = new Exception?[_contexts.Length];
    }

    /// <summary>Prepares all nodes.</summary>
    /// <param name="graph">With shapes; it does not change any more.</param>
    /// <param name="constants">Its constants.</param>
    /// <param name="makeContext">What a node's operator may use.</param>
    /// <param name="mostThreads">The most threads that pack at once, the caller's among them.</param>
    /// <param name="owned">Gets what operators own, also when one of them fails.</param>
    /// <returns>The bytes of scratch memory that each node wants.</returns>
    /// <exception cref="ModelError">A node is not supported, or its weights cannot be read.</exception>
    public static long[] Run(
        ModelGraph graph,
        ConstantStore constants,
        Func<Node, PrepareContext> makeContext,
        int mostThreads,
        List<IDisposable> owned)
    {
        Preparation preparation = new(graph, constants, makeContext);
        try
        {
            preparation.Run(mostThreads);
        }
        finally
        {
            owned.AddRange(preparation._contexts.SelectMany(context => context.Owned));
        }

        return [.. preparation._contexts.Select(context => context.ScratchBytes)];
    }

    /// <summary>How many threads are worth starting for so many bytes of weights.</summary>
    internal static int ThreadsFor(long bytes, int most) =>
        (int)Math.Clamp(bytes / LeastBytesPerThread, 1, Math.Max(1, most));

    private void Run(int mostThreads)
    {
        int threads = mostThreads > 1 ? ThreadsFor(_graph.Nodes.Sum(ConstantBytes), mostThreads) : 1;
        int[][] groups = Groups();
        // The heaviest go first, so that no thread begins with one when the others are done.
        _groups = threads == 1 ? groups : [.. groups.OrderByDescending(ConstantBytes)];
        List<Thread> others = StartOthers(Math.Min(threads, groups.Length) - 1);
        PrepareGroups();
        foreach (Thread thread in others)
            thread.Join();
        if (_firstFailed != int.MaxValue)
            ExceptionDispatchInfo.Throw(_problems[_firstFailed]!);
    }

    private List<Thread> StartOthers(int count)
    {
        List<Thread> started = [];
        try
        {
            while (started.Count < count)
            {
                Thread thread = new(PrepareGroups, StackBytes) { IsBackground = true, Name = "packing" };
                thread.Start();
                started.Add(thread);
            }
        }
        catch (Exception problem) when (problem is OutOfMemoryException or ThreadStartException)
        {
            // Where there is none to be had, those that are there do the work.
        }

        return started;
    }

    private void PrepareGroups()
    {
        while (Interlocked.Increment(ref _next) is var i && i < _groups.Length)
        {
            foreach (int node in _groups[i])
            {
                // What comes behind a node that failed is not needed any more.
                if (node < Volatile.Read(ref _firstFailed))
                    Prepare(node);
            }
        }
    }

    private void Prepare(int index)
    {
        Node node = _graph.Nodes[index];
        try
        {
            OperatorGuard.Call(node, () =>
            {
                node.Operator!.Prepare(_contexts[index]);
                return true;
            });
            lock (_gate)
                _constants.Release(node, _contexts[index].Released);
        }
        catch (Exception problem)
        {
            _problems[index] = problem;
            lock (_gate)
                _firstFailed = Math.Min(_firstFailed, index);
        }
    }

    // Nodes that read the same constant are one thread's, in their order: it is read from the file, and packed
    // in one form after another, as it would be by one thread for all. A constant of one axis, a bias, that is
    // in memory already is only read.
    private int[][] Groups()
    {
        Dictionary<Tensor, int> firstReader = [];
        int[] group = new int[_graph.Nodes.Count];
        for (int i = 0; i < group.Length; i++)
        {
            group[i] = i;
            foreach (Tensor constant in ConstantsOf(_graph.Nodes[i]))
            {
                if ((constant.IsPending || constant.Shape.Rank > 1) && !firstReader.TryAdd(constant, i))
                    Join(group, i, firstReader[constant]);
            }
        }

        return [.. Enumerable.Range(0, group.Length)
            .GroupBy(i => Root(group, i))
            .Select(nodes => nodes.ToArray())];
    }

    private static void Join(int[] group, int a, int b)
    {
        (a, b) = (Root(group, a), Root(group, b));
        group[Math.Max(a, b)] = Math.Min(a, b);
    }

    private static int Root(int[] group, int node)
    {
        while (group[node] != node)
            node = group[node];
        return node;
    }

    private long ConstantBytes(int[] nodes) => nodes.Sum(node => ConstantBytes(_graph.Nodes[node]));

    private static long ConstantBytes(Node node) => ConstantsOf(node).Sum(constant => constant.ByteLength);

    private static IEnumerable<Tensor> ConstantsOf(Node node) =>
        node.Inputs.Select(input => input?.Constant).OfType<Tensor>();
}
