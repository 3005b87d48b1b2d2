using System.Diagnostics;

namespace EdgeConv.Evidence.Support;

/// <summary>Programs of this machine.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Where a program lies on the search path; null when it is not there.</summary>
    public static string? Find(string name) => Environment.GetEnvironmentVariable("PATH")!
        .Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end and returns what it wrote to standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Run(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo info = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
            info.Environment[name] = value;
        using Process process = Process.Start(info)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Result
            : throw new InvalidOperationException(
                $"{program} ended with status {process.ExitCode}: {errors.Result}{output.Result}");
    }
}
