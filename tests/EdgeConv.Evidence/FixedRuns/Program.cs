using System.Globalization;
using System.Runtime.InteropServices;
using EdgeConv.Core;
using EdgeConv.Engine.Execution;
using Microsoft.ML.OnnxRuntime;
using Ort = Microsoft.ML.OnnxRuntime;

namespace EdgeConv.FixedRuns;

/// <summary>
/// <c>fixed-runs edgeconv|onnxruntime MODEL N</c>: an inference to warm up, then N on one thread, on inputs
/// that are the same each time, for tools that count what a program does. ONNX Runtime is used as its users
/// do, with nothing of ours around it. Prints our model's multiply-adds.
/// </summary>
internal static partial class Program
{
    // A system call that does nothing, by which a tool knows where the N inferences begin and end.
    private const int Mark = -4711;

    public static int Main(string[] arguments)
    {
        if (arguments.Length != 3 || arguments[0] is not ("edgeconv" or "onnxruntime") ||
            !int.TryParse(arguments[2], NumberStyles.None, CultureInfo.InvariantCulture, out int runs))
        {
            Console.Error.WriteLine("usage: fixed-runs edgeconv|onnxruntime MODEL N");
            return 2;
        }

        if (arguments[0] == "edgeconv")
            RunOurs(arguments[1], runs);
        else
            RunTheirs(arguments[1], runs);
        return 0;
    }

    private static void RunOurs(string model, int runs)
    {
        using ISession session = new EngineSessionFactory().Load(model, new EdgeConv.Core.SessionOptions());
        for (int input = 0; input < session.Inputs.Count; input++)
            Fill(session.GetInput(input).AsSpan<float>());
        session.Run();
        SetMark();
        for (int run = 0; run < runs; run++)
            session.Run();
        SetMark();
        Console.Out.WriteLine(session.MultiplyAdds.ToString(CultureInfo.InvariantCulture));
    }

    private static void RunTheirs(string model, int runs)
    {
        using Ort.SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        using InferenceSession session = new(model, options);
        Dictionary<string, OrtValue> inputs = [];
        foreach ((string name, NodeMetadata info) in session.InputMetadata)
        {
            long[] shape = [.. info.Dimensions.Select(extent => (long)Math.Max(extent, 1))];
            float[] values = new float[shape.Aggregate(1L, (count, extent) => count * extent)];
            Fill(values);
            inputs.Add(name, OrtValue.CreateTensorValueFromMemory(values, shape));
        }

        using RunOptions runOptions = new();
        session.Run(runOptions, inputs, session.OutputNames).Dispose();
        SetMark();
        for (int run = 0; run < runs; run++)
            session.Run(runOptions, inputs, session.OutputNames).Dispose();
        SetMark();
    }

    private static void SetMark() => _ = GetProcessGroup(Mark);

    [LibraryImport("libc", EntryPoint = "getpgid")]
    private static partial int GetProcessGroup(int process);

    // Numerical Recipes' linear congruence, scaled to -1..1.
    private static void Fill(Span<float> values)
    {
        uint random = 1;
        foreach (ref float value in values)
        {
            random = (random * 1664525) + 1013904223;
            value = ((random >> 8) / 8388608f) - 1;
        }
    }
}
