using EdgeConv.Daemon.Fitting;
using EdgeConv.Devices;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class ProgressTest : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgeconv-progress-").FullName;
    private readonly StringWriter _text = new();
    private readonly ManualTime _time = new();

    public void Dispose()
    {
        _text.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_terminal_sees_one_line_with_rate_and_time_left_and_no_trace_of_it_in_the_end()
    {
        Progress progress = new(_text, isTerminal: true, _time) { Total = 1000 };
        progress.Report(10);
        Assert.Equal("", _text.ToString());
        _time.Advance(TimeSpan.FromSeconds(10));
        progress.Report(100);
        Assert.Equal("\r\e[K100 of 1000 samples, 10/s, 1 min 30 s left", _text.ToString());
        progress.Say("skipped: a.png");
        Assert.EndsWith("left\r\e[Kskipped: a.png\n", _text.ToString(), StringComparison.Ordinal);
        progress.Clear();
        Assert.EndsWith("skipped: a.png\n", _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Elsewhere_plain_lines_are_written_now_and_then()
    {
        Progress progress = new(_text, isTerminal: false, _time);
        for (int i = 1; i <= 12; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.Report(2 * i);
        }

        progress.Clear();
        Assert.Equal("10 samples, 2/s\n20 samples, 2/s\n", _text.ToString());
    }

    [Fact]
    public void What_an_earlier_run_has_done_is_no_part_of_the_rate()
    {
        Progress progress = new(_text, isTerminal: false, _time) { Total = 20_000 };
        progress.StartFrom(10_000);
        _time.Advance(TimeSpan.FromSeconds(5));
        progress.Report(10_005);
        Assert.Equal("10005 of 20000 samples, 1/s, 2 h 46 min left\n", _text.ToString());
    }

    [Fact]
    public void Samples_are_counted_without_reading_them()
    {
        string csv = Path.Combine(_folder, "a.csv"), raw = Path.Combine(_folder, "a.gray8");
        File.WriteAllLines(csv, Enumerable.Repeat("1", 100));
        File.WriteAllBytes(raw, new byte[50]);
        File.WriteAllText(Path.Combine(_folder, "a.PNG"), "");
        SourceOptions text = new() { Kind = SourceKind.Csv, Path = csv };
        Assert.Equal(10, SampleCount.Of(text, 10));
        Assert.Equal(31, SampleCount.Of(text with { Stride = 3 }, 10));
        Assert.Equal(0, SampleCount.Of(text, 101));
        Assert.Equal(8, SampleCount.Of(
            new() { Kind = SourceKind.Raw, Path = raw, Format = SampleFormat.Gray8, Width = 3, Height = 2 }, null));
        Assert.Equal(1, SampleCount.Of(new() { Kind = SourceKind.Images, Path = _folder }, null));
        Assert.Null(SampleCount.Of(new() { Kind = SourceKind.Wav, Path = csv }, 10));
        Assert.Null(SampleCount.Of(text with { Path = Path.Combine(_folder, "gone.csv") }, 10));
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
