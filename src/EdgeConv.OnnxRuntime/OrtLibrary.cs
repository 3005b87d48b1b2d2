using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeConv.Core;
using Microsoft.ML.OnnxRuntime;

namespace EdgeConv.OnnxRuntime;

/// <summary>
/// The native ONNX Runtime library: whether it is there, and its one environment, made with telemetry off.
/// </summary>
/// <remarks>
/// The library reads <c>ORT_DISABLE_TELEMETRY</c> with <c>getenv</c>. The managed environment is a copy that
/// native code never sees, so the variable is set through libc, before the library is loaded.
/// </remarks>
internal static partial class OrtLibrary
{
    private const string FileName = "libonnxruntime.so";

    private static readonly Lazy<string?> LoadProblem = new(Load);

    /// <summary>Why the library cannot be used, in one clause; null when it can.</summary>
    public static string? Problem => LoadProblem.Value;

    /// <summary>Makes the environment on the first call.</summary>
    /// <exception cref="ModelError">The native library is not there.</exception>
    public static void Require(string place)
    {
        if (Problem is { } problem)
            throw new ModelError(place, problem);
    }

    private static string? Load()
    {
        try
        {
            _ = SetEnvironmentVariable("ORT_DISABLE_TELEMETRY", "1", 1);
            if (!IsLoadable())
                return $"the ONNX Runtime backend needs {FileName} beside the executable, it is not there";
            MakeEnvironment();
            return null;
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException
            or TypeInitializationException or EntryPointNotFoundException or OnnxRuntimeException)
        {
            Exception cause = problem.InnerException ?? problem;
            return $"the ONNX Runtime backend cannot be loaded: {cause.Message}";
        }
    }

    private static bool IsLoadable()
    {
        if (NativeLibrary.TryLoad("onnxruntime", typeof(InferenceSession).Assembly, null, out _))
            return true;
        return NativeLibrary.TryLoad(Path.Combine(AppContext.BaseDirectory, FileName), out _);
    }

    // In its own method: the first touch of OrtEnv runs the static constructor that binds the library.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeEnvironment()
    {
        EnvironmentCreationOptions options = new()
        {
            logId = "edgeconv",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        OrtEnv.CreateInstanceWithOptions(ref options).DisableTelemetryEvents();
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
