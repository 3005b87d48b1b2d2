using EdgeConv.Core;
using Microsoft.ML.OnnxRuntime;

namespace EdgeConv.OnnxRuntime;

/// <summary>The library's exceptions as ours.</summary>
internal static class OrtErrors
{
    /// <summary>
    /// A <see cref="ModelError"/> with the library's words, unsupported when it says that something is not
    /// implemented.
    /// </summary>
    public static ModelError Translate(string place, OnnxRuntimeException problem)
    {
        bool isUnsupported = problem.Message.Contains("NotImplemented", StringComparison.Ordinal)
            || problem.Message.Contains("NOT_IMPLEMENTED", StringComparison.Ordinal);
        return new ModelError(place, $"ONNX Runtime refuses it: {problem.Message}", problem)
        {
            IsUnsupported = isUnsupported,
        };
    }
}
