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
        string model = Path.Combine(folder, CaseFolders.ModelFile);
        // The files of what is no tensor cannot be read: the model tells first.
        IReadOnlyList<string> names = OnnxReader.ReadInputNames(model);
        foreach (string set in sets)
        {
            using CaseData data = CaseData.Read(set);
            if (RunDataSet(model, names, data) is { } problem)
                return $"{Path.GetFileName(set)}: {problem}";
        }

        return null;
    }

    private string? RunDataSet(string model, IReadOnlyList<string> names, CaseData data)
    {
        if (names.Count != data.Inputs.Count)
            return $"{data.Inputs.Count} input files for {names.Count} inputs of the model";
        Dictionary<string, Tensor> inputs = [];
        for (int i = 0; i < data.Inputs.Count; i++)
            inputs[names[i]] = data.Inputs[i];
        using ISession session = factory.Load(model, Options(model, inputs));
        for (int i = 0; i < session.Inputs.Count; i++)
            inputs[session.Inputs[i].Name].AsBytes().CopyTo(session.GetInput(i).AsBytes());
        session.Run();
        return Compare(session, data.Outputs);
    }

    private static SessionOptions Options(string model, Dictionary<string, Tensor> inputs)
    {
        HashSet<string> deciding = [.. ShapeDeciding(model)];
        return new SessionOptions
        {
            InputShapes =
                inputs.Where(i => !deciding.Contains(i.Key)).ToDictionary(i => i.Key, i => i.Value.Shape),
            BoundInputs = inputs.Where(i => deciding.Contains(i.Key)).ToDictionary(),
        };
    }

    // A model that only another backend runs: that backend needs no value bound.
    private static IReadOnlyList<string> ShapeDeciding(string model)
    {
        try
        {
            OnnxModel read = OnnxReader.Read(model);
            try
            {
                return ShapeInference.ValueInputs(read.Graph);
            }
            finally
            {
                read.Close();
            }
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
