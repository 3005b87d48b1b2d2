using System.Diagnostics;
using System.Text.RegularExpressions;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>What README shows works: its <c>edgeconv</c> lines are run, its configuration is checked.</summary>
public sealed partial class ReadmeTest : IDisposable
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("README.md"));
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-readme-").FullName;

    public static TheoryData<string> Commands =>
        [.. Blocks("sh").SelectMany(block => block).Where(line => line.StartsWith("edgeconv ", StringComparison.Ordinal))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNativeAndOnnxCases), SkipType = typeof(Binary))]
    [MemberData(nameof(Commands))]
    public void A_command_line_of_the_readme_succeeds(string line)
    {
        string command = line.Replace("~/.cache/edgeconv/data/onnx", Data.OnnxCases, StringComparison.Ordinal);
        // Whether it succeeds does not depend on how long it measures.
        if (line.StartsWith("edgeconv bench ", StringComparison.Ordinal))
            command += " --seconds 0.2";
        RunShell(command, Repository.Root, Path.GetDirectoryName(Binary.NativePath)!);
    }

    /// <summary>
    /// The board's root is a folder here, the program is this machine's, and what only a running system can do is
    /// left out: services, device rules, groups.
    /// </summary>
    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void The_installation_of_the_readme_ends_in_a_configuration_that_passes_the_check()
    {
        string board = Path.Combine(_folder, "board"), copied = Path.Combine(_folder, "copied");
        Directory.CreateDirectory(Path.Combine(board, "usr", "bin"));
        Directory.CreateDirectory(copied);
        foreach (string name in (string[])["deploy", "systemd"])
            Directory.CreateSymbolicLink(Path.Combine(copied, name), Repository.PathOf(name));
        Directory.CreateSymbolicLink(
            Path.Combine(copied, "linux-arm64"), Path.GetDirectoryName(Binary.NativePath)!);
        string[] lines = [.. Assert.Single(Blocks("sh"), block => block[0].Contains("/usr/lib/edgeconv", StringComparison.Ordinal))
            .Select(line => AbsolutePath().Replace(OfRunningSystem().Replace(line, ""), $"{board}/$1/"))];
        int check = Array.FindIndex(lines, line => line.Contains("edgeconv check", StringComparison.Ordinal));
        RunShell($"set -e; {string.Join('\n', lines[..check])}", copied, Path.Combine(board, "usr", "bin"));
        EditInstalledConfiguration(board);
        RunShell(lines[check], copied, Path.Combine(board, "usr", "bin"));
        Assert.Equal("", string.Concat(lines[(check + 1)..]));
    }

    private void EditInstalledConfiguration(string board)
    {
        string config = Path.Combine(board, "etc", "edgeconv", "edgeconv.yaml");
        File.WriteAllText(config, File.ReadAllText(config)
            .Replace("/usr/share/", $"{board}/usr/share/", StringComparison.Ordinal)
            .Replace("/var/lib/edgeconv/porch", PictureFolder(), StringComparison.Ordinal)
            .Replace("# user:", "user:", StringComparison.Ordinal)
            .Replace("# password_credential:", "password_credential:", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(board, "etc", "credstore"));
        File.WriteAllText(Path.Combine(board, "etc", "credstore", "mqtt-password"), "x");
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void The_configuration_of_the_readme_passes_the_check()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Data.Models, "fashion")))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        PictureFolder();
        File.WriteAllText(Path.Combine(_folder, "mqtt-password"), "x");
        string config = Path.Combine(_folder, "edgeconv.yaml");
        File.WriteAllText(config, string.Join('\n', Blocks("yaml").First())
            .Replace("/var/lib/edgeconv/", "", StringComparison.Ordinal)
            .Replace("/etc/edgeconv/", "", StringComparison.Ordinal));
        (int status, string output, string errors) = Binary.Native.Run(TimeSpan.FromSeconds(30), "check", config);
        Assert.True(status == 0, output + errors);
    }

    // Neither their devices nor their models are here: nothing else may be wrong with them.
    [Theory(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    [InlineData("mobilenetv2.onnx")]
    [InlineData("style.onnx")]
    [InlineData("wardrobe.onnx")]
    [InlineData("pump.onnx")]
    public void The_devices_of_the_readme_are_configurations(string model)
    {
        string config = Path.Combine(_folder, "edgeconv.yaml");
        File.WriteAllText(config, string.Join('\n', Blocks("yaml").Single(block => block.Any(
            line => line.Contains($"path: {model}", StringComparison.Ordinal)))));
        (_, _, string errors) = Binary.Native.Run(TimeSpan.FromSeconds(30), "check", config);
        Assert.Contains($"{model}: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain($"edgeconv: {config}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_in_the_readme_waits_to_be_filled_in() => Assert.DoesNotContain(Lines, OpenPlace().IsMatch);

    [Theory]
    [InlineData("SPEED_TABLE")]
    [InlineData("| heart | TBD |")]
    [InlineData("T\u004fDO: measure")]
    [InlineData("takes XX ms")]
    [InlineData("| heart | … | 0.046 |")]
    [InlineData("peaks at … MB")]
    public void An_open_place_would_be_found(string line) => Assert.Matches(OpenPlace(), line);

    private string PictureFolder()
    {
        string folder = Path.Combine(_folder, "pictures");
        Directory.CreateDirectory(folder);
        File.Copy(
            Repository.PathOf("tests", "EdgeConv.Devices.Tests", "Images", "files", "gradient-gray.jpg"),
            Path.Combine(folder, "1.jpg"));
        return folder;
    }

    private static void RunShell(string script, string workingFolder, string programs)
    {
        ProcessStartInfo info = new("bash", ["-c", $"{{ {script}\n}} >/dev/null"])
        {
            WorkingDirectory = workingFolder,
            RedirectStandardError = true,
        };
        info.Environment["PATH"] = $"{programs}:{info.Environment["PATH"]}";
        using Process process = Process.Start(info)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{script}\n{errors}");
    }

    // A line in capitals, a word that marks an open end, an ellipsis where a figure should be (not as in PATH…).
    [GeneratedRegex(@"^[A-Z_]{4,}$|\b(T[O]DO|T[B]D|FIX[M]E|XX+)\b|(?<!\w)…")]
    private static partial Regex OpenPlace();

    [GeneratedRegex(@"(?<=[ =])/(usr|etc)/")]
    private static partial Regex AbsolutePath();

    [GeneratedRegex(@"(&& )?sudo (systemd-sysusers|udevadm|systemctl)\b[^&#]*|\bsudo ")]
    private static partial Regex OfRunningSystem();

    private static List<List<string>> Blocks(string language)
    {
        List<List<string>> blocks = [];
        bool isInside = false;
        foreach (string line in Lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isInside = line == $"```{language}";
                if (isInside)
                    blocks.Add([]);
            }
            else if (isInside)
            {
                blocks[^1].Add(line);
            }
        }

        return blocks;
    }
}
