using EdgeConv.Core;
using EdgeConv.Engine.Onnx;

namespace EdgeConv.Engine.Verification;

/// <summary>The tensors of one data set of a case, in the order of their files' numbers.</summary>
internal sealed class CaseData(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> outputs) : IDisposable
{
    /// <summary>From <c>input_0.pb</c> on.</summary>
    public IReadOnlyList<Tensor> Inputs { get; } = inputs;

    /// <summary>From <c>output_0.pb</c> on.</summary>
    public IReadOnlyList<Tensor> Outputs { get; } = outputs;

    /// <summary>Reads a <c>test_data_set_N</c> folder.</summary>
    /// <exception cref="DataError">A file is broken.</exception>
    /// <exception cref="ModelError">Unsupported: a tensor has a type that we do not hold.</exception>
    public static CaseData Read(string folder)
    {
        List<Tensor> inputs = [];
        try
        {
            inputs.AddRange(ReadAll(folder, "input"));
            return new CaseData(inputs, [.. ReadAll(folder, "output")]);
        }
        catch (DataError problem) when (
            problem.InnerException is ModelError { IsUnsupported: true })
        {
            inputs.ForEach(tensor => tensor.Dispose());
            throw ModelError.Unsupported(problem.Place, problem.Problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in Inputs.Concat(Outputs))
            tensor.Dispose();
    }

    private static IEnumerable<Tensor> ReadAll(string folder, string kind)
    {
        for (int i = 0; ; i++)
        {
            string path = Path.Combine(folder, $"{kind}_{i}.pb");
            if (!File.Exists(path))
                yield break;
            yield return TensorFile.Read(path).Tensor;
        }
    }
}
