using EdgeConv.Core;
using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Onnx;

namespace EdgeConv.Engine.Verification;

/// <summary>
/// Runs cases in the layout of ONNX's backend tests, <c>model.onnx</c> with
/// <c>test_data_set_N/input_K.pb</c> and <c>output_K.pb</c>, and compares what comes out.
/// </summary>
public sealed class CaseRunner(ISessionFactory factory, Tolerance tolerance)
{
    /// <summary>Runs one case. Whatever the folder holds, the result says how it ended.</summary>
    public CaseResult Run(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string name = NameOf(folder);
        try
        {
            string? problem = RunDataSets(folder);
            return new CaseResult(name, problem is null ? CaseOutcome.Passed : CaseOutcome.Failed, problem);
        }
        catch (ModelError problem) when (problem.IsUnsupported)
        {
            return new CaseResult(name, CaseOutcome.Unsupported, problem.Message);
        }
        catch (EdgeConvError problem)
        {
            return new CaseResult(name, CaseOutcome.Failed, problem.Message);
        }
        catch (Exception problem) when (problem is not OutOfMemoryException)
        {
            return new CaseResult(name, CaseOutcome.Failed, $"{problem.GetType().Name}: {problem.Message}");
        }
    }

    private static string NameOf(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return $"{Path.GetFileName(Path.GetDirectoryName(full))}/{Path.GetFileName(full)}";
    }

    private string? RunDataSets(string folder)
    {
        string[] sets =
            [.. Directory.EnumerateDirectories(folder, "test_data_set_*").Order(StringComparer.Ordinal)];
        if (sets.Length == 0)
            return "the folder holds no test_data_set_0";
        foreach (string set in sets)
        {
            using CaseData data = CaseData.Read(set);
            if (RunDataSet(Path.Combine(folder, CaseFolders.ModelFile), data) is { } problem)
                return $"{Path.GetFileName(set)}: {problem}";
        }

        return null;
    }

    private string? RunDataSet(string model, CaseData data)
    {
        ModelGraph graph = OnnxReader.Read(model).Graph;
        if (graph.Inputs.Count != data.Inputs.Count)
            return $"{data.Inputs.Count} input files for {graph.Inputs.Count} inputs of the model";
        Dictionary<string, Tensor> inputs = [];
        for (int i = 0; i < data.Inputs.Count; i++)
            inputs[graph.Inputs[i].Value.Name] = data.Inputs[i];
        using ISession session = factory.Load(model, Options(graph, inputs));
        for (int i = 0; i < session.Inputs.Count; i++)
            inputs[session.Inputs[i].Name].AsBytes().CopyTo(session.GetInput(i).AsBytes());
        session.Run();
        return Compare(session, data.Outputs);
    }

    private static SessionOptions Options(ModelGraph graph, Dictionary<string, Tensor> inputs)
    {
        HashSet<string> deciding = [.. ShapeDeciding(graph)];
        return new SessionOptions
        {
            InputShapes =
                inputs.Where(i => !deciding.Contains(i.Key)).ToDictionary(i => i.Key, i => i.Value.Shape),
            BoundInputs = inputs.Where(i => deciding.Contains(i.Key)).ToDictionary(),
        };
    }

    // A model with an operator that only another backend knows: that backend needs no value bound.
    private static IReadOnlyList<string> ShapeDeciding(ModelGraph graph)
    {
        try
        {
            return ShapeInference.ValueInputs(graph);
        }
        catch (ModelError)
        {
            return [];
        }
    }

    private string? Compare(ISession session, IReadOnlyList<Tensor> expected)
    {
        if (session.Outputs.Count != expected.Count)
            return $"{session.Outputs.Count} outputs, expected {expected.Count}";
        for (int i = 0; i < expected.Count; i++)
        {
            if (TensorComparison.Difference(session.GetOutput(i), expected[i], tolerance) is { } difference)
                return $"output '{session.Outputs[i].Name}' {difference}";
        }

        return null;
    }
}
