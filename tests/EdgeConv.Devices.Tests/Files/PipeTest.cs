using System.Runtime.InteropServices;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Files;

/// <summary>Standard input and named pipes: what arrives when its writer likes.</summary>
public sealed partial class PipeTest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly Feed _feed = new();

    public void Dispose()
    {
        _feed.End();
        _folder.Dispose();
    }

    [Fact]
    public async Task Lines_that_have_arrived_are_handed_out_before_the_next_arrive()
    {
        ISource source = Open(Lines, 2);
        foreach (string piece in (string[])["1\n2\n", "3\n", "4\n", new string('#', 5000) + "\n5\n6\n"])
            _feed.Send(piece);
        for (int n = 0; n < 3; n++)
        {
            Window window = (Window)(await ReadAsync(source))!;
            Assert.Equal([(2 * n) + 1f, (2 * n) + 2f], window.Values.ToArray());
        }

        _feed.End();
        Assert.Null(await ReadAsync(source));
    }

    [Fact]
    public async Task A_window_with_a_gap_behind_it_is_handed_out_before_the_gap_arrives()
    {
        ISource source = Open(Lines with { Stride = 5 }, 2);
        _feed.Send("1\n2\n");
        Assert.NotNull(await ReadAsync(source));
        _feed.Send("3\n4\n5\n6\n7\n");
        Window second = (Window)(await ReadAsync(source))!;
        Assert.Equal([6f, 7], second.Values.ToArray());
    }

    [Fact]
    public async Task Pictures_are_put_together_from_pieces()
    {
        ISource source = Open(PicturesOf(3, 2), null);
        foreach (byte[] piece in (byte[][])[[1, 2], [3, 4, 5], [6, 7, 8, 9, 10, 11], [12]])
            _feed.Send(piece);
        using Frame first = (Frame)(await ReadAsync(source))!;
        using Frame second = (Frame)(await ReadAsync(source))!;
        Assert.Equal([1, 2, 3, 4, 5, 6], first.Pixels.ToArray());
        Assert.Equal([7, 8, 9, 10, 11, 12], second.Pixels.ToArray());
        Assert.Equal("stdin", first.Origin);
        Assert.Equal("stdin", source.Name);
        Assert.True(source.IsLive);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_read_ends_at_once_and_the_next_takes_it_up(bool isPictures)
    {
        ISource source = isPictures
            ? Open(PicturesOf(2, 1), null)
            : Open(Lines, 2);
        for (int i = 0; i < 3; i++)
        {
            using CancellationTokenSource stop = new();
            Task<Sample?> read = source.ReadAsync(stop.Token).AsTask();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WithinPatience(read));
        }

        _feed.Send(isPictures ? "ab" : "1\n2\n");
        using Sample? sample = await ReadAsync(source);
        Assert.Equal(0, sample!.Sequence);
        Assert.Equal(1, _feed.MostReaders);
    }

    [Fact]
    public async Task Disposal_during_a_read_closes_the_stream_when_the_read_has_ended()
    {
        ISource source = Open(Lines, 2);
        using CancellationTokenSource stop = new();
        _feed.Send("1\n");
        Task<Sample?> read = source.ReadAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await source.DisposeAsync();
        _feed.Send("2\n");
        await _feed.Closed.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Standard_input_without_a_line_is_reported_once_and_has_ended()
    {
        ISource source = Open(Lines, 2);
        _feed.End();
        await Assert.ThrowsAsync<DeviceError>(() => ReadAsync(source));
        Assert.Null(await ReadAsync(source));
    }

    [Fact]
    public async Task A_named_pipe_without_a_writer_is_waited_for_and_not_touched_by_the_check()
    {
        string path = _folder.PathOf("camera");
        Assert.Equal(0, MakeFifo(path, 0x180));
        Assert.True(FileStatus.IsStream(path));
        SourceOptions options = PicturesOf(2, 1) with { Kind = SourceKind.Raw, Path = path };
        await Task.Run(() => SourceFactory.Check(options), TestContext.Current.CancellationToken)
            .WaitAsync(Patience, TestContext.Current.CancellationToken);
        ManualTime time = new();
        ISource source = SourceFactory.Create(options, null, time);
        using CancellationTokenSource stop = new();
        Task<Sample?> read = source.ReadAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WithinPatience(read));
        using (FileStream writer = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0))
            writer.Write("abcd"u8);
        // The clock stands still: what is delivered is not paced.
        for (int n = 0; n < 2; n++)
        {
            using Sample? frame = await ReadAsync(source);
            Assert.Equal(n, frame!.Sequence);
        }

        Assert.Null(await ReadAsync(source));
        await source.DisposeAsync();
    }

    [Fact]
    public void A_file_and_a_folder_and_nothing_are_no_streams()
    {
        Assert.False(FileStatus.IsStream(_folder.Root));
        Assert.False(FileStatus.IsStream(_folder.Write("a.csv", "1")));
        Assert.False(FileStatus.IsStream(_folder.PathOf("absent")));
        Assert.True(FileStatus.IsStream("/dev/null"));
    }

    [Fact]
    public void A_named_pipe_is_no_picture()
    {
        string path = _folder.PathOf("door.png");
        Assert.Equal(0, MakeFifo(path, 0x180));
        SourceOptions options = new() { Kind = SourceKind.Images, Path = path };
        DataError error = Assert.Throws<DataError>(() => SourceFactory.Check(options));
        Assert.Equal($"{path}: is a pipe or a device; a picture file is needed", error.Message);
    }

    private static SourceOptions PicturesOf(int width, int height) =>
        new() { Kind = SourceKind.Stdin, Format = SampleFormat.Gray8, Width = width, Height = height };

    private static SourceOptions Lines => new() { Kind = SourceKind.Stdin, Format = SampleFormat.Csv };

    private ISource Open(SourceOptions options, int? length) =>
        SourceFactory.Create(
            options, new SampleWish { WindowLength = length }, new ManualTime(), () => _feed);

    private static Task<Sample?> ReadAsync(ISource source) =>
        WithinPatience(source.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    private static Task<Sample?> WithinPatience(Task<Sample?> read) =>
        read.WaitAsync(Patience, TestContext.Current.CancellationToken);

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
