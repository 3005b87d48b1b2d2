using EdgeConv.Core;

namespace EdgeConv.Engine.Graph;

/// <summary>Puts nodes in an order in which each comes after the producers of its inputs.</summary>
internal static class NodeOrder
{
    /// <summary>
    /// The nodes in execution order. Kahn's algorithm; of several nodes that are ready the one that stands
    /// first comes first, so nodes already in order keep it.
    /// </summary>
    /// <exception cref="ModelError">Nodes depend on each other in a circle: names one of them.</exception>
    public static List<Node> Sort(IReadOnlyList<Node> nodes)
    {
        Dictionary<Node, int> position = new(nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
            position.Add(nodes[i], i);
        int[] missing = new int[nodes.Count];
        List<int>[] consumers = Consumers(nodes, position, missing);
        PriorityQueue<int, int> ready = new();
        for (int i = 0; i < nodes.Count; i++)
        {
            if (missing[i] == 0)
                ready.Enqueue(i, i);
        }

        List<Node> sorted = new(nodes.Count);
        while (ready.TryDequeue(out int next, out _))
        {
            sorted.Add(nodes[next]);
            foreach (int consumer in consumers[next])
            {
                if (--missing[consumer] == 0)
                    ready.Enqueue(consumer, consumer);
            }
        }

        return sorted.Count == nodes.Count ? sorted : throw Cycle(nodes, position, missing);
    }

    private static List<int>[] Consumers(
        IReadOnlyList<Node> nodes, Dictionary<Node, int> position, int[] missing)
    {
        List<int>[] consumers = [.. nodes.Select(_ => new List<int>())];
        for (int i = 0; i < nodes.Count; i++)
        {
            foreach (Value? input in nodes[i].Inputs)
            {
                if (input?.Producer is not { } producer)
                    continue;
                consumers[position[producer]].Add(i);
                missing[i]++;
            }
        }

        return consumers;
    }

    // Every node left over has a producer that is left over too, so walking back must come round to a node
    // seen before, and that one is on a circle.
    private static ModelError Cycle(IReadOnlyList<Node> nodes, Dictionary<Node, int> position, int[] missing)
    {
        Node node = nodes[Array.FindIndex(missing, count => count > 0)];
        HashSet<Node> seen = [];
        while (seen.Add(node))
        {
            node = node.Inputs
                .Select(input => input?.Producer)
                .First(producer => producer is not null && missing[position[producer]] > 0)!;
        }

        return new ModelError(node.Place, "depends on its own output");
    }
}
