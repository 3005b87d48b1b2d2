using System.Diagnostics;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.Daemon.Tests;

/// <summary>Runs <c>edgeconv</c> as it was built beside the tests, in a process of its own.</summary>
internal static class CommandRun
{
    /// <summary>Our 1-D model.</summary>
    public static string Heart { get; } = Repository.PathOf("deploy", "models", "heart", "heart.onnx");

    /// <summary>Starts it; both outputs are collected.</summary>
    public static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "edgeconv"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Runs it to its end.</summary>
    public static (int Status, string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        return End(process);
    }

    /// <summary>Runs it to its end, which must be a success; what it prints.</summary>
    public static string Success(params string[] arguments)
    {
        (int status, string output, string errors) = Run(arguments);
        Assert.True(status == 0, output + errors);
        return output;
    }

    /// <summary>Runs it to its end, which must be a named problem in one line; that line.</summary>
    public static string Refusal(params string[] arguments)
    {
        (int status, string output, string errors) = Run(arguments);
        Assert.True(status == 1, output + errors);
        return Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Runs it to its end in a shell that has run something before, such as <c>ulimit</c>.</summary>
    public static (int Status, string Output, string Errors) Shell(string before, string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "edgeconv");
        using Process process = Process.Start(
            new ProcessStartInfo("bash", ["-c", $"{before}; exec \"$0\" \"$@\"", program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        return End(process);
    }

    private static (int Status, string Output, string Errors) End(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors);
    }

    /// <summary>
    /// A series of noise around a slow wave, which our 1-D model takes for heartbeats of both kinds.
    /// </summary>
    public static void WriteSeries(string path, int length, int seed, double offset = 0)
    {
        Random random = new(seed);
        File.WriteAllLines(path, Enumerable.Range(0, length).Select(i => string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{offset + Math.Sin(i / 40.0 + random.NextDouble()) + Math.Sin(i * (double)i / 90000.0):0.0000}")));
    }
}
