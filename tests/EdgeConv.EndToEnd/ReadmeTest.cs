using System.Diagnostics;
using EdgeConv.Testing;
using Xunit;

namespace EdgeConv.EndToEnd;

/// <summary>What README shows works: its <c>edgeconv</c> lines are run, its configuration is checked.</summary>
public sealed class ReadmeTest : IDisposable
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
        ProcessStartInfo info = new("bash", ["-c", $"{command} >/dev/null"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardError = true,
        };
        info.Environment["PATH"] = $"{Path.GetDirectoryName(Binary.NativePath)}:{info.Environment["PATH"]}";
        using Process process = Process.Start(info)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{line}\n{errors}");
    }

    [Fact(Skip = Binary.Absent, SkipUnless = nameof(Binary.HasNative), SkipType = typeof(Binary))]
    public void The_configuration_of_the_readme_passes_the_check()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Data.Models, "fashion")))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(_folder, "pictures"));
        File.WriteAllBytes(Path.Combine(_folder, "pictures", "1.png"), []);
        File.WriteAllText(Path.Combine(_folder, "mqtt-password"), "x");
        string config = Path.Combine(_folder, "edgeconv.yaml");
        File.WriteAllText(config, string.Join('\n', Assert.Single(Blocks("yaml")))
            .Replace("/var/lib/edgeconv/", "", StringComparison.Ordinal)
            .Replace("/etc/edgeconv/", "", StringComparison.Ordinal));
        (int status, string output, string errors) = Binary.Native.Run(TimeSpan.FromSeconds(30), "check", config);
        Assert.True(status == 0, output + errors);
    }

    [Fact]
    public void Nothing_in_the_readme_waits_to_be_filled_in() =>
        Assert.DoesNotContain(Lines, line => line.Length > 3 && line.All(c => char.IsAsciiLetterUpper(c) || c == '_'));

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
