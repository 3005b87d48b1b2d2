namespace EdgeConv.Engine.Graph;

/// <summary>Finds the values that the content of other values is computed from.</summary>
internal static class ValueSources
{
    /// <summary>
    /// Every value without producer or constant that reaches one of <paramref name="values"/>: graph inputs.
    /// What passes through Shape or Size does not, since there the content is not read.
    /// </summary>
    public static HashSet<Value> Of(IEnumerable<Value> values)
    {
        Stack<Value> open = new(values);
        HashSet<Value> seen = [];
        HashSet<Value> sources = [];
        while (open.TryPop(out Value? value))
        {
            if (value.IsConstant || !seen.Add(value))
                continue;
            if (value.Producer is null)
                sources.Add(value);
            else if (value.Producer.OperatorName is not ("Shape" or "Size"))
                PushInputs(value.Producer, open);
        }

        return sources;
    }

    private static void PushInputs(Node node, Stack<Value> open)
    {
        foreach (Value? input in node.Inputs)
        {
            if (input is not null)
                open.Push(input);
        }
    }
}
