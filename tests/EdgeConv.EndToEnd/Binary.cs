using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>
/// The published native program: this machine's, or the arm64 one under qemu-user. Build it with
/// <c>./build.sh publish [RID]</c>.
/// </summary>
public sealed class Binary
{
    private readonly string[] _command;

    private Binary(string name, params string[] command)
    {
        Name = name;
        _command = command;
    }

    public string Name { get; }

    /// <summary>This machine's program.</summary>
    public static Binary Native { get; } = new("native", PathOf(NativeRid));

    /// <summary>A copy of this machine's program without the libraries that lie beside it.</summary>
    public static Binary NativeCopiedTo(string folder)
    {
        string copy = Path.Combine(folder, "edgeconv");
        File.Copy(NativePath, copy);
        return new Binary("copied", copy);
    }

    /// <summary>The arm64 program on an emulated core.</summary>
    public static Binary Emulated(string cpu) => new(cpu, "qemu-aarch64", "-cpu", cpu, PathOf("linux-arm64"));

    public static bool HasNative => File.Exists(PathOf(NativeRid));

    public static bool HasEmulated => NativeRid != "linux-arm64" && File.Exists(PathOf("linux-arm64")) &&
        File.Exists("/usr/bin/qemu-aarch64") && File.Exists("/usr/lib/aarch64-linux-gnu/libc.so.6");

    public static bool HasEmulatedAndOnnxCases => HasEmulated && Data.HasOnnxCases;

    public static bool HasEmulatedAndDemoData => HasEmulated && Data.HasDemo;

    public static bool HasNativeAndOnnxCases => HasNative && Data.HasOnnxCases;

    public static bool HasNativeAndDemoData => HasNative && Data.HasDemo;

    public static bool HasNativeAndMosquitto => HasNative && Mosquitto.IsThere;

    public const string Absent = "the published program (./build.sh publish) or what this test needs beside it is not there";

    private static string NativeRid => RuntimeInformation.OSArchitecture == Architecture.Arm64
        ? "linux-arm64"
        : "linux-x64";

    /// <summary>Starts it; output is collected.</summary>
    public RunningProgram Start(params string[] arguments) =>
        Start(new Dictionary<string, string>(), arguments);

    /// <summary>Starts it with more environment.</summary>
    public RunningProgram Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo info = new(_command[0], [.. _command[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string key, string value) in environment)
            info.Environment[key] = value;
        return new RunningProgram(Process.Start(info)!);
    }

    /// <summary>Runs it to its end.</summary>
    public (int Status, string Output, string Errors) Run(TimeSpan limit, params string[] arguments)
    {
        using RunningProgram program = Start(arguments);
        return program.WaitForEnd(limit);
    }

    /// <summary>Runs it to its end, which must be a named problem in one line; that line.</summary>
    public string Refusal(TimeSpan limit, params string[] arguments)
    {
        (int status, string output, string errors) = Run(limit, arguments);
        Assert.True(status == 1, $"{status}\n{output}{errors}");
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        return Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The file of this machine's program.</summary>
    public static string NativePath => PathOf(NativeRid);

    private static string PathOf(string rid) => Repository.PathOf("artifacts", rid, "edgeconv");
}
