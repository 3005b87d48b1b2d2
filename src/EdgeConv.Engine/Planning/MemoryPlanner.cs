using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Planning;

/// <summary>
/// Finds how long each value lives, lets views and in-place operators share memory, and places the rest with
/// <see cref="ArenaPlanner"/>. Graph inputs and constants stay outside the arena and are never overwritten;
/// graph outputs live until the end of the run.
/// </summary>
public sealed class MemoryPlanner
{
    private readonly ModelGraph _graph;
    private readonly Dictionary<Value, int> _lastUse = [];
    private readonly Dictionary<Value, Storage> _storageOf = [];
    private readonly List<Storage> _storages = [];
    private readonly HashSet<Value> _outputs;
    private readonly bool[] _isElided;

    private MemoryPlanner(ModelGraph graph)
    {
        _graph = graph;
        _outputs = [.. graph.Outputs];
        _isElided = new bool[graph.Nodes.Count];
    }

    /// <summary>
    /// Plans the memory of a graph whose nodes have operators and whose values have shapes.
    /// </summary>
    /// <param name="graph">The graph; step i is node i.</param>
    /// <param name="scratchBytes">Scratch memory each node wants.</param>
    public static MemoryPlan Plan(ModelGraph graph, IReadOnlyList<long> scratchBytes)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(scratchBytes);
        MemoryPlanner planner = new(graph);
        planner.FindLastUses();
        planner.AssignStorage();
        return planner.Place(scratchBytes);
    }

    private void FindLastUses()
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            foreach (Value? input in _graph.Nodes[step].Inputs)
            {
                if (input is not null)
                    _lastUse[input] = step;
            }
        }

        foreach (Value output in _graph.Outputs)
            _lastUse[output] = _graph.Nodes.Count;
    }

    private void AssignStorage()
    {
        for (int step = 0; step < _graph.Nodes.Count; step++)
        {
            Node node = _graph.Nodes[step];
            for (int i = 0; i < node.Outputs.Length; i++)
            {
                if (node.Outputs[i] is not { } output)
                    continue;
                Storage storage = (i == 0 ? Shared(node, step, output) : null) ?? Fresh(step, output);
                storage.LastStep = Math.Max(storage.LastStep, _lastUse.GetValueOrDefault(output, step));
                _storageOf[output] = storage;
            }
        }
    }

    private Storage? Shared(Node node, int step, Value output)
    {
        Operator operation = node.Operator!;
        if (operation.IsView && node.Inputs is [{ } viewed, ..] && CanView(viewed, output))
        {
            _isElided[step] = true;
            return StorageOf(viewed);
        }

        if (node.Outputs.Length != 1)
            return null;
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.Inputs[i] is { } input && CanOverwrite(node, step, i, input, output))
                return StorageOf(input);
        }

        return null;
    }

    private bool CanView(Value viewed, Value output) =>
        output.Type == viewed.Type && output.Shape!.ElementCount == viewed.Shape!.ElementCount
        && !(StorageOf(viewed).IsOutside && _outputs.Contains(output));

    private bool CanOverwrite(Node node, int step, int index, Value input, Value output)
    {
        Storage storage = StorageOf(input);
        if (!node.Operator!.CanOverwrite(index) || storage.IsOutside || storage.LastStep > step
            || input.Type != output.Type || !input.Shape!.Equals(output.Shape))
        {
            return false;
        }

        for (int i = 0; i < node.Inputs.Length; i++)
        {
            bool isSameMemory = node.Inputs[i] is { } other && StorageOf(other) == storage;
            if (isSameMemory && !(ReferenceEquals(node.Inputs[i], input) && node.Operator.CanOverwrite(i)))
                return false;
        }

        return true;
    }

    private Storage StorageOf(Value value)
    {
        if (!_storageOf.TryGetValue(value, out Storage? storage))
            _storageOf[value] = storage = new Storage { Outside = value };
        return storage;
    }

    private Storage Fresh(int step, Value output)
    {
        Storage storage = new()
        {
            Bytes = output.Shape!.ElementCount * DataTypes.SizeOf(output.Type!.Value),
            FirstStep = step,
            LastStep = step,
            Block = _storages.Count,
        };
        _storages.Add(storage);
        return storage;
    }

    private MemoryPlan Place(IReadOnlyList<long> scratchBytes)
    {
        List<Block> blocks = [.. _storages.Select(s => new Block(s.Bytes, s.FirstStep, s.LastStep))];
        int[] scratchOf = new int[_graph.Nodes.Count];
        for (int step = 0; step < scratchOf.Length; step++)
        {
            scratchOf[step] = scratchBytes[step] > 0 && !_isElided[step] ? blocks.Count : -1;
            if (scratchOf[step] >= 0)
                blocks.Add(new Block(scratchBytes[step], step, step));
        }

        return new MemoryPlan
        {
            Blocks = blocks,
            Layout = ArenaPlanner.Place(blocks),
            BlockOf = _storageOf.Where(p => !p.Value.IsOutside).ToDictionary(p => p.Key, p => p.Value.Block),
            ScratchOf = scratchOf,
            IsElided = _isElided,
            ViewOf = _storageOf.Where(p => p.Value.IsOutside && p.Value.Outside != p.Key)
                .ToDictionary(p => p.Key, p => p.Value.Outside!),
        };
    }

    /// <summary>Memory that one value or several aliases use.</summary>
    private sealed class Storage
    {
        public long Bytes { get; init; }

        public int FirstStep { get; init; }

        public int LastStep { get; set; }

        public int Block { get; init; }

        /// <summary>The graph input or constant it belongs to; null in the arena.</summary>
        public Value? Outside { get; init; }

        public bool IsOutside => Outside is not null;
    }
}
