using System.Text;
using EdgeConv.Core;
using EdgeConv.Daemon.Profiling;
using Xunit;

namespace EdgeConv.Daemon.Tests.Profiling;

public sealed class ProfileFileTest
{
    private static readonly ProfileKey s_key = new()
    {
        Program = "edgeconv 1",
        Machine = "a board, at most 1800 MHz",
        Model = new string('a', 64),
        Fingerprint = "",
        Backend = "edgeconv",
        Threads = 2,
        Input = "x=1x3x8x8",
        Sample = "640x480 Rgb24",
        Preparation = "fit=stretch; mean=0",
    };

    private static readonly PointFigures s_figures = new()
    {
        ServiceMs = 1.25,
        P99Ms = 2.5,
        Runs = 100,
        EnergyMj = 0.9375,
        EnergyUncertaintyMj = 0.46875,
        EnergyEstimated = true,
        MeasuredAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void What_was_written_is_read() =>
        Assert.Equal(s_figures, ProfileFile.Read(ProfileFile.Write(s_key, s_figures), s_key));

    [Fact]
    public void The_form_is_the_documented_one()
    {
        const string Json = """
            {"format":"ecprofile 2","key":{"program":"edgeconv 1","machine":"a board, at most 1800 MHz","model":"MODEL","fingerprint":"","backend":"edgeconv","threads":2,"input":"x=1x3x8x8","sample":"640x480 Rgb24","preparation":"fit=stretch; mean=0"},"figures":{"service_ms":1.25,"p99_ms":2.5,"runs":100,"energy_mj":0.9375,"energy_uncertainty_mj":0.46875,"energy_estimated":true,"measured_at":"1970-01-01T00:00:00+00:00"}}
            """;
        string line = Json.Replace("MODEL", s_key.Model, StringComparison.Ordinal);
        string text = Encoding.UTF8.GetString(ProfileFile.Write(s_key, s_figures));
        Assert.Equal($"{line}\n{Xxh64.Hash(Encoding.UTF8.GetBytes(line)):x16}\n", text);
    }

    [Fact]
    public void Every_byte_that_changed_or_is_missing_is_noticed()
    {
        byte[] file = ProfileFile.Write(s_key, s_figures);
        for (int i = 0; i < file.Length; i++)
        {
            byte[] damaged = [.. file];
            damaged[i] ^= 1;
            Assert.Throws<InvalidDataException>(() => ProfileFile.Read(damaged, s_key));
            Assert.Throws<InvalidDataException>(() => ProfileFile.Read(file.AsSpan(0, i), s_key));
        }
    }

    [Fact]
    public void A_profile_of_something_else_says_of_what()
    {
        Assert.Equal("is of another build of the program", Problem(s_key with { Program = "edgeconv 0" }));
        Assert.Equal("is of another machine (a board; here a board, at most 1800 MHz)",
            Problem(s_key with { Machine = "a board" }));
        Assert.Equal("is of an earlier state of the model or its fingerprint",
            Problem(s_key with { Model = new string('b', 64) }));
        Assert.Equal("is of an earlier state of the model or its fingerprint",
            Problem(s_key with { Fingerprint = new string('b', 64) }));
        foreach (ProfileKey other in new[]
        {
            s_key with { Threads = 1 }, s_key with { Backend = "onnxruntime" }, s_key with { Input = "x=1x3x9x9" },
            s_key with { Sample = "8x8 Gray8" }, s_key with { Preparation = "fit=pad; mean=0" },
        })
            Assert.Equal("is of another way to run the model", Problem(other));
    }

    [Fact]
    public void Figures_that_cannot_be_are_refused()
    {
        foreach (PointFigures figures in new[]
        {
            s_figures with { ServiceMs = 0 }, s_figures with { ServiceMs = 1e300 }, s_figures with { P99Ms = -1 },
            s_figures with { Runs = 0 }, s_figures with { EnergyMj = 0 },
        })
        {
            byte[] file = ProfileFile.Write(s_key, figures);
            Assert.Equal("holds figures that cannot be",
                Assert.Throws<InvalidDataException>(() => ProfileFile.Read(file, s_key)).Message);
        }
    }

    [Fact]
    public void A_later_model_program_or_machine_takes_the_same_file_and_another_use_another()
    {
        string name = s_key.FileName("/models/net.onnx");
        Assert.Matches("^net-[0-9a-f]{16}-2[.]ecprofile$", name);
        Assert.Equal(name, (s_key with { Program = "p", Machine = "m", Model = "h" }).FileName("/models/net.onnx"));
        Assert.NotEqual(name, s_key.FileName("/other/net.onnx"));
        Assert.NotEqual(name, (s_key with { Threads = 1 }).FileName("/models/net.onnx"));
        Assert.NotEqual(name, (s_key with { Sample = "8x8 Gray8" }).FileName("/models/net.onnx"));
    }

    private static string Problem(ProfileKey written) => Assert.Throws<InvalidDataException>(
        () => ProfileFile.Read(ProfileFile.Write(written, s_figures), s_key)).Message;
}
