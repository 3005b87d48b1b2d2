using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Planning;

/// <summary>
/// Finds how long each value lives, lets views and in-place operators share memory and inputs of
/// concatenations lie in the output, and places the rest with <see cref="ArenaPlanner"/>. Graph inputs and
/// constants stay outside the arena and are never overwritten; graph outputs live until the end of the run.
/// </summary>
public sealed class MemoryPlanner
{
    private readonly ModelGraph _graph;
    private readonly Dictionary<Value, int> _lastUse = [];
    private readonly Dictionary<Value, int> _reads = [];
    private readonly Dictionary<Value, Storage> _storageOf = [];
    private readonly List<Storage> _storages = [];
    private readonly HashSet<Value> _outputs;
    private readonly bool[] _isElided;
    private readonly List<InputCopy> _copies = [];

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
                if (input is null)
                    continue;
                _lastUse[input] = step;
                _reads[input] = _reads.GetValueOrDefault(input) + 1;
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
                Storage storage = (i == 0 ? Shared(node, step, output) : null) ?? Fresh(node, step, output);
                storage.Use(_lastUse.GetValueOrDefault(output, step));
                storage.Values++;
                _storageOf[output] = storage;
            }

            if (node.Operator!.PlaceOf(0) is not null)
                PlaceInputs(node, step);
        }
    }

    // What lies in the output from the start needs no copying.
    private void PlaceInputs(Node node, int step)
    {
        int copies = _copies.Count;
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            if (node.Operator!.PlaceOf(i) is not { } place)
                continue;
            if (Obstacle(node.Inputs[i]!, place) is { } reason)
                _copies.Add(new InputCopy(step, i, reason));
            else
                StorageOf(node.Inputs[i]!).Join(_storageOf[node.Outputs[0]!], place);
        }

        _isElided[step] = _copies.Count == copies;
    }

    // One piece is like any other memory. Rows that lie apart concern who writes them and all who read them.
    private string? Obstacle(Value input, RowPlace place)
    {
        Storage storage = StorageOf(input);
        if (storage.Outside is { } outside)
            return outside.IsConstant ? "it is constant" : "it is an input of the model";
        if (storage.Whole is not null)
            return "it lies in another place already";
        if (place.IsOnePiece)
            return null;
        if (_outputs.Contains(input))
            return "it is an output of the model";
        if (_reads[input] > 1)
            return "it is read elsewhere too";
        if (storage.Values > 1)
            return "it lies in the memory of another value";
        return storage.Maker!.Operator!.CanWriteRows(place.RowBytes) && storage.Maker.Outputs[0] == input
            ? null
            : $"its {storage.Maker.OperatorName} writes its rows side by side";
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
        if (!node.Operator!.CanOverwrite(index) || storage.IsOutside
            || storage.LastStep > step || storage.RowStep != 0
            || input.Type != output.Type || !input.Shape!.Equals(output.Shape))
        {
            return false;
        }

        for (int i = 0; i < node.Inputs.Length; i++)
        {
            bool isSameMemory = node.Inputs[i] is { } other && StorageOf(other).Root == storage.Root;
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

    private Storage Fresh(Node node, int step, Value output)
    {
        Storage storage = new()
        {
            Bytes = output.Shape!.ElementCount * DataTypes.SizeOf(output.Type!.Value),
            FirstStep = step,
            LastStep = step,
            Maker = node,
        };
        _storages.Add(storage);
        return storage;
    }

    private MemoryPlan Place(IReadOnlyList<long> scratchBytes)
    {
        Storage[] roots = [.. _storages.Where(storage => storage.Whole is null)];
        Dictionary<Storage, int> blockOf =
            roots.Select((storage, i) => (storage, i)).ToDictionary(pair => pair.storage, pair => pair.i);
        List<Block> blocks = [.. roots.Select(s => new Block(s.Bytes, s.FirstStep, s.LastStep))];
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
            BlockOf = _storageOf.Where(p => !p.Value.IsOutside)
                .ToDictionary(p => p.Key, p => blockOf[p.Value.Root]),
            PlaceOf = _storageOf.Where(p => p.Value.Whole is not null)
                .ToDictionary(p => p.Key, p => p.Value.Place with { Offset = p.Value.Offset }),
            Copies = _copies,
            ScratchOf = scratchOf,
            IsElided = _isElided,
            ViewOf = _storageOf.Where(p => p.Value.IsOutside && p.Value.Outside != p.Key)
                .ToDictionary(p => p.Key, p => p.Value.Outside!),
        };
    }
}
