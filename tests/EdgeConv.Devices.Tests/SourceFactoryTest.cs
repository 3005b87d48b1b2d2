using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests;

public sealed class SourceFactoryTest : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SourceKind.Images, SampleFormat.Csv, 100,
        "source.kind: images gives pictures; the model takes windows of 100 samples")]
    [InlineData(SourceKind.Stdin, SampleFormat.Rgb24, 100,
        "source.kind: stdin gives pictures; the model takes windows of 100 samples")]
    [InlineData(SourceKind.Csv, SampleFormat.Csv, null,
        "source.kind: csv gives windows of samples; the model takes pictures")]
    [InlineData(SourceKind.Wav, SampleFormat.Gray8, null,
        "source.kind: wav gives windows of samples; the model takes pictures")]
    [InlineData(SourceKind.Raw, SampleFormat.Int16, null,
        "source.kind: raw gives windows of samples; the model takes pictures")]
    public void Pictures_for_windows_and_windows_for_pictures_are_refused(
        SourceKind kind, SampleFormat format, int? windowLength, string message)
    {
        SourceOptions options = new() { Kind = kind, Path = "x", Format = format, Width = 4, Height = 4 };
        ConfigError error = Assert.Throws<ConfigError>(() =>
            SourceFactory.Create(options, windowLength, TimeProvider.System));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        SourceOptions csv = new() { Kind = SourceKind.Csv, Path = "x" };
        SourceOptions frames = new() { Kind = SourceKind.Raw, Path = "x", Format = SampleFormat.Rgb24,
            Width = 4, Height = 4 };
        (string, SourceOptions)[] cases =
        [
            ("source.path", csv with { Path = "" }),
            ("source.rate_hz", csv with { RateHertz = -1 }),
            ("source.rate_hz", csv with { RateHertz = double.NaN }),
            ("source.rate_hz", csv with { RateHertz = double.PositiveInfinity }),
            ("source.stride", csv with { Stride = -1 }),
            ("source.offset", csv with { Offset = double.NaN }),
            ("source.scale", csv with { Scale = double.NegativeInfinity }),
            ("source.channels", csv with { Channels = 0 }),
            ("source.channels", csv with { Channels = int.MaxValue }),
            ("source.loop", csv with { Kind = SourceKind.Stdin, Loop = true }),
            ("source.width", frames with { Width = 0 }),
            ("source.height", frames with { Height = -3 }),
            ("source.width", frames with { Width = 60000, Height = 60000 }),
        ];
        foreach ((string place, SourceOptions options) in cases)
        {
            int? length = options.Format == SampleFormat.Rgb24 ? null : 4;
            Assert.Equal(place, Assert.Throws<ConfigError>(() =>
                SourceFactory.Create(options, length, TimeProvider.System)).Place);
            Assert.Equal(place, Assert.Throws<ConfigError>(() => SourceFactory.Check(options)).Place);
        }
    }

    [Theory]
    [InlineData(SourceKind.Images)]
    [InlineData(SourceKind.Csv)]
    [InlineData(SourceKind.Wav)]
    [InlineData(SourceKind.Raw)]
    public void The_check_names_a_file_that_is_not_there(SourceKind kind)
    {
        string path = _folder.PathOf("absent");
        Assert.Equal(path, Assert.Throws<DeviceError>(() =>
            SourceFactory.Check(new() { Kind = kind, Path = path })).Place);
    }

    [Theory]
    [InlineData(SourceKind.Csv)]
    [InlineData(SourceKind.Wav)]
    [InlineData(SourceKind.Raw)]
    public void The_check_names_a_folder_where_a_file_is_needed(SourceKind kind) =>
        Assert.Throws<DeviceError>(() => SourceFactory.Check(new() { Kind = kind, Path = _folder.Root }));

    [Fact]
    public void The_check_reads_headers()
    {
        string png = _folder.Write("hostile.png", PngFile.Announce(60000, 60000));
        string wav = _folder.Write(
            "hostile.wav", new WavFile().Format(WavFile.Pcm, 0, 8000, 16).Chunk("data", []).ToArray());
        string csv = _folder.Write("short.csv", "a,b\n1,2\n");
        string raw = _folder.Write("short.raw", new byte[11]);
        SourceOptions[] cases =
        [
            new() { Kind = SourceKind.Images, Path = png },
            new() { Kind = SourceKind.Wav, Path = wav },
            new() { Kind = SourceKind.Wav, Path = png },
            new() { Kind = SourceKind.Csv, Path = csv, Columns = ["c"] },
            new() { Kind = SourceKind.Raw, Path = raw, Format = SampleFormat.Rgb24, Width = 2, Height = 2 },
        ];
        foreach (SourceOptions options in cases)
            Assert.Equal(options.Path, Assert.Throws<DataError>(() => SourceFactory.Check(options)).Place);
    }

    [Fact]
    public void The_check_passes_what_can_be_read()
    {
        SourceFactory.Check(new() { Kind = SourceKind.Csv, Path = _folder.Write("a.csv", "a,b\n1,2\n"),
            Columns = ["b"] });
        SourceFactory.Check(new() { Kind = SourceKind.Images,
            Path = _folder.Write("a.png", Images.DamageTest.SmallPng()) });
        SourceFactory.Check(new() { Kind = SourceKind.Images, Path = _folder.Root });
        SourceFactory.Check(new() { Kind = SourceKind.Stdin });
    }

    [Fact]
    public async Task A_wav_file_brings_its_rate_and_an_option_overrides_it()
    {
        string path = _folder.Write("a.wav",
            new WavFile().Format(WavFile.Pcm, 1, 16000, 16).Chunk("data", new byte[40]).ToArray());
        SourceOptions options = new() { Kind = SourceKind.Wav, Path = path, RealTime = false };
        foreach ((double option, double rate) in ((double, double)[])[(0, 16000), (360, 360)])
        {
            await using ISource source = SourceFactory.Create(
                options with { RateHertz = option }, 4, TimeProvider.System);
            using Window window = (Window)(await source.ReadAsync(TestContext.Current.CancellationToken))!;
            Assert.Equal((rate, "a.wav", false), (window.RateHertz, window.Origin, source.IsLive));
            Assert.Equal($"wav:{path}", source.Name);
        }
    }
}
