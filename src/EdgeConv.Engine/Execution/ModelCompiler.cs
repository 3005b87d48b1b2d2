using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;
using EdgeConv.Engine.Operators;
using EdgeConv.Engine.Passes;
using EdgeConv.Engine.Planning;

namespace EdgeConv.Engine.Execution;

/// <summary>
/// Turns a model as read into one that can run: taps, shapes, passes, kernels, memory plan.
/// </summary>
internal static class ModelCompiler
{
    /// <summary>The most memory that activations, inputs and outputs of a model may take.</summary>
    public const long MaximumBytes = 512L << 20;

    /// <summary>Compiles a model, which is used up by it.</summary>
    /// <param name="model">As read.</param>
    /// <param name="options">Shapes, values, taps and threads.</param>
    /// <param name="passes">Which passes run.</param>
    /// <param name="weights">Weights that are packed already, and where to note the others.</param>
    /// <param name="rule">Which blocks are streamed; null for <see cref="StreamRule.Chosen"/>.</param>
    /// <exception cref="ModelError">The model is hostile, inconsistent or not supported.</exception>
    public static CompiledModel Compile(
        OnnxModel model,
        SessionOptions options,
        PassLevel passes = PassLevel.StreamRows,
        StreamRule? rule = null,
        WeightStore? weights = null)
    {
        ConstantStore constants = new();
        List<IDisposable> owned = [];
        try
        {
            constants.Collect(model.Graph);
            (ModelGraph graph, IReadOnlyList<TapStatistics> taps, IReadOnlyList<TapMap> maps) =
                TapInsertion.Insert(model.Graph, options.Taps, options.Maps);
            ShapeInference.Run(graph, options);
            constants.Collect(graph);
            IReadOnlyList<Rewrite> rewrites = PassList.Run(graph, [.. options.Taps, .. options.Maps], passes);
            IReadOnlyList<StreamedBlock> blocks = passes >= PassLevel.StreamRows
                ? StreamRows.Run(graph, rule ?? StreamRule.Chosen(options.Threads))
                : [];
            constants.Collect(graph);
            constants.CountReaders(graph);
            long[] scratchBytes = Prepare(graph, options, constants, owned, weights);
            MemoryPlan plan = MemoryPlanner.Plan(graph, scratchBytes);
            CheckSize(graph, plan);
            constants.Complete();
            return new CompiledModel
            {
                Identity = model.Identity,
                Metadata = model.Metadata,
                Graph = graph,
                Taps = [.. taps.Select(tap => tap.Info)],
                Maps = [.. maps.Select(map => map.Info)],
                Pixels = options.Pixels,
                Plan = plan,
                Rewrites = rewrites,
                Blocks = blocks,
                Constants = constants,
                Owned = owned,
            };
        }
        catch (Exception problem)
        {
            constants.Dispose();
            owned.ForEach(resource => resource.Dispose());
            if (problem is EdgeConvError)
                throw;
            throw new ModelError(model.Graph.ModelName, WhyNot(problem), problem);
        }
        finally
        {
            model.Close();
        }
    }

    private static string WhyNot(Exception problem) => problem is OutOfMemoryException
        ? "there is not enough memory for it"
        : $"the model cannot be loaded ({problem.Message})";

    private static long[] Prepare(
        ModelGraph graph,
        SessionOptions options,
        ConstantStore constants,
        List<IDisposable> owned,
        WeightStore? weights)
    {
        WorkerPool? pool = options.Threads > 1 ? new WorkerPool(options.Threads) : null;
        if (pool is not null)
            owned.Add(pool);
        return Preparation.Run(
            graph,
            constants,
            node => new PrepareContext(node, options.Threads) { Pool = pool, Weights = weights },
            weights?.PackingThreads ?? Environment.ProcessorCount,
            owned);
    }

    private static void CheckSize(ModelGraph graph, MemoryPlan plan)
    {
        long bytes = plan.Layout.Bytes;
        foreach (GraphInput input in graph.Inputs.Where(input => !input.Value.IsConstant))
            bytes += input.Value.Shape!.ElementCount * DataTypes.SizeOf(input.Value.Type!.Value);
        if (bytes > MaximumBytes)
        {
            throw new ModelError(graph.ModelName,
                $"needs {bytes >> 20} MB for activations, at most {MaximumBytes >> 20} are allowed");
        }
    }
}
