using System.Diagnostics;
using EdgeConv.Core;
using EdgeConv.Daemon.Fitting;
using EdgeConv.Devices;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class FitFilesTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-fit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_new_file_and_one_to_replace_may_be_written_and_nothing_is_left_behind()
    {
        OutputFile.Require(PathOf("new.ecfp"), []);
        File.WriteAllText(PathOf("old.ecfp"), "old");
        OutputFile.Require(PathOf("old.ecfp"), [PathOf("model.onnx")]);
        Assert.Equal([PathOf("old.ecfp")], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void An_input_is_not_overwritten_by_whatever_name()
    {
        string model = PathOf("model.onnx");
        File.WriteAllText(model, "model");
        File.CreateSymbolicLink(PathOf("link.onnx"), model);
        Directory.CreateSymbolicLink(PathOf("here"), _folder);
        foreach (string output in new[] { model, PathOf("link.onnx"), Path.Combine(_folder, "here", "model.onnx") })
        {
            FingerprintError error = Assert.Throws<FingerprintError>(() => OutputFile.Require(output, [model]));
            Assert.Equal($"{output}: is what is read ({model}); what is written needs a file of its own", error.Message);
        }

        Assert.Equal("model", File.ReadAllText(model));
    }

    [Fact]
    public void A_folder_a_pipe_and_a_missing_folder_are_no_place_for_a_fingerprint()
    {
        string pipe = Pipe();
        foreach (string output in new[] { _folder, pipe, Path.Combine(_folder, "gone", "f.ecfp") })
            Assert.StartsWith(output, Assert.Throws<FingerprintError>(() => OutputFile.Require(output, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_written_to_where_it_leads()
    {
        Directory.CreateDirectory(PathOf("kept"));
        File.CreateSymbolicLink(PathOf("f.ecfp"), "kept/f.ecfp");
        OutputFile.Require(PathOf("f.ecfp"), []);
        File.CreateSymbolicLink(PathOf("g.ecfp"), "gone/g.ecfp");
        Assert.Equal(
            $"{PathOf("g.ecfp")}: there is no folder {PathOf("gone")} to write it to",
            Assert.Throws<FingerprintError>(() => OutputFile.Require(PathOf("g.ecfp"), [])).Message);
        File.CreateSymbolicLink(PathOf("a"), "b");
        File.CreateSymbolicLink(PathOf("b"), "a");
        Assert.StartsWith(
            $"{PathOf("a")}: cannot be written: ",
            Assert.Throws<FingerprintError>(() => OutputFile.Require(PathOf("a"), [])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r.png")]
    [InlineData("r.JPG")]
    public void What_would_be_read_as_data_is_not_written_among_it(string name)
    {
        Directory.CreateDirectory(PathOf("data/below"));
        Directory.CreateSymbolicLink(PathOf("link"), "data");
        File.CreateSymbolicLink(PathOf("into.html"), $"data/{name}");
        File.CreateSymbolicLink(PathOf($"data/out{name}"), "../elsewhere.html");
        foreach (string output in new[] { $"data/{name}", $"link/{name}", "into.html", $"data/out{name}" })
        {
            Assert.Equal(
                $"{PathOf(output)}: would be read as a picture of {PathOf("data")}; another name or folder is needed",
                Assert.Throws<FingerprintError>(() => OutputFile.Require(PathOf(output), [PathOf("data")])).Message);
        }

        OutputFile.Require(PathOf("data/r.html"), [PathOf("data")]);
        OutputFile.Require(PathOf($"data/below/{name}"), [PathOf("data")]);
    }

    [Fact]
    public void The_hash_of_a_folder_is_that_of_its_pictures_alone()
    {
        File.WriteAllText(PathOf("a.png"), "a");
        string before = Hash();
        Pipe();
        File.WriteAllText(PathOf("fit.state"), "state");
        File.WriteAllText(PathOf("f.ecfp"), "fingerprint");
        Assert.Equal(before, Hash());
        File.WriteAllText(PathOf("b.png"), "");
        Assert.NotEqual(before, Hash());
    }

    [Fact]
    public void The_hash_is_that_of_content_in_the_order_of_reading_whatever_its_names()
    {
        File.WriteAllText(PathOf("2.png"), "first");
        File.WriteAllText(PathOf("10.png"), "second");
        string before = Hash();
        File.Move(PathOf("2.png"), PathOf("03.jpg"));
        Assert.Equal(before, Hash());
        File.Move(PathOf("03.jpg"), PathOf("30.jpg"));
        Assert.NotEqual(before, Hash());
    }

    [Fact]
    public void The_same_content_cut_in_other_files_is_other_data()
    {
        File.WriteAllText(PathOf("1.png"), "ab");
        File.WriteAllText(PathOf("2.png"), "c");
        string before = Hash();
        File.WriteAllText(PathOf("1.png"), "a");
        File.WriteAllText(PathOf("2.png"), "bc");
        Assert.NotEqual(before, Hash());
    }

    [Fact]
    public void A_hash_can_be_interrupted()
    {
        File.WriteAllText(PathOf("a.png"), "a");
        Assert.Throws<OperationCanceledException>(() => Hash(new CancellationToken(true)));
    }

    private string Hash(CancellationToken? cancellation = null) => DataHash.Of(
        new SourceOptions { Kind = SourceKind.Images, Path = _folder },
        cancellation ?? TestContext.Current.CancellationToken);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private string Pipe()
    {
        using Process process = Process.Start("mkfifo", PathOf("pipe.png"));
        process.WaitForExit();
        return PathOf("pipe.png");
    }
}
