using EdgeConv.Devices.Files;
using EdgeConv.Devices.Tests.Support;

namespace EdgeConv.Devices.Tests.Images;

public sealed class ImageSourceTest : IDisposable
{
    private static readonly byte[] Png = DamageTest.SmallPng();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_read_in_natural_order_without_its_other_files()
    {
        string[] names = ["1.png", "2.PNG", "10.png", "a2b.jpeg", "a02c.jpg", "a10.png"];
        foreach (string name in names.Reverse())
        {
            bool isJpeg = name.Contains(".j", StringComparison.Ordinal);
            _folder.Write(name, isJpeg ? Pictures.Recorded("gradient-baseline.jpg") : Png);
        }

        _folder.Write("readme.txt", "no picture");
        _folder.Write("3.gif", "GIF89a");
        _folder.Write("sub.png/4.png", Png);
        ISource source = Open();
        Assert.Equal($"images:{_folder.Root}", source.Name);
        List<(string, long)> read = [];
        while (await source.ReadAsync(TestContext.Current.CancellationToken) is Frame frame)
        {
            read.Add((frame.Origin, frame.Sequence));
            frame.Dispose();
        }

        Assert.Equal(names.Select((name, i) => (name, (long)i)), read);
    }

    [Fact]
    public async Task A_broken_picture_is_named_and_the_next_is_read()
    {
        _folder.Write("1.png", Png);
        _folder.Write("2.png", Png.AsSpan(0, 60));
        _folder.Write("3.png", "");
        File.CreateSymbolicLink(_folder.PathOf("4.png"), _folder.PathOf("gone.png"));
        _folder.Write("5.png", Png);
        ISource source = Open();
        List<string> outcomes = [];
        for (int i = 0; i < 5; i++)
        {
            try
            {
                using Frame frame = (Frame)(await source.ReadAsync(TestContext.Current.CancellationToken))!;
                outcomes.Add($"{frame.Origin} {frame.Sequence}");
            }
            catch (DataError error)
            {
                outcomes.Add($"{Path.GetFileName(error.Place)} is bad");
            }
        }

        Assert.Equal(["1.png 0", "2.png is bad", "3.png is bad", "4.png is bad", "5.png 4"], outcomes);
        Assert.Null(await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Null(await source.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_absent_or_empty_folder_is_a_device_error_until_a_picture_is_there()
    {
        ISource source = Open(_folder.PathOf("pictures"));
        await Assert.ThrowsAsync<DeviceError>(async () =>
            await source.ReadAsync(TestContext.Current.CancellationToken));
        _folder.Write("pictures/readme.txt", "empty");
        DeviceError error = await Assert.ThrowsAsync<DeviceError>(
            async () => await source.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"{_folder.PathOf("pictures")}: holds no .jpg, .jpeg or .png file", error.Message);
        _folder.Write("pictures/1.png", Png);
        using Sample? sample = await source.ReadAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(sample);
    }

    [Fact]
    public async Task Looping_lists_the_folder_anew()
    {
        _folder.Write("1.png", Png);
        ISource source = Open(loop: true);
        List<string> origins = [];
        for (int i = 0; i < 4; i++)
        {
            using Sample sample = (await source.ReadAsync(TestContext.Current.CancellationToken))!;
            origins.Add($"{sample.Origin} {sample.Sequence}");
            if (i == 1)
                _folder.Write("0.png", Png);
        }

        Assert.Equal(["1.png 0", "1.png 1", "0.png 2", "1.png 3"], origins);
    }

    [Fact]
    public async Task Looping_at_full_speed_ends_on_cancellation()
    {
        _folder.Write("1.png", Png);
        ISource source = Open(loop: true);
        using CancellationTokenSource stop = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            for (int i = 0; ; i++)
            {
                (await source.ReadAsync(stop.Token))!.Dispose();
                if (i == 5)
                    await stop.CancelAsync();
            }
        });
    }

    [Fact]
    public void Numbers_in_names_are_ordered_by_value()
    {
        string[] names = ["", "0", "00", "1", "01", "2", "9", "10", "010", "x", "x1", "x1y", "x01z", "x2",
            "x10", "x-1", "y"];
        foreach (string a in names)
        {
            Assert.Equal(0, ImageFiles.CompareNaturally(a, a));
            foreach (string b in names)
            {
                Assert.Equal(Math.Sign(ImageFiles.CompareNaturally(a, b)),
                    -Math.Sign(ImageFiles.CompareNaturally(b, a)));
                foreach (string c in names.Where(c =>
                    ImageFiles.CompareNaturally(a, b) < 0 && ImageFiles.CompareNaturally(b, c) < 0))
                    Assert.True(ImageFiles.CompareNaturally(a, c) < 0, $"{a} {b} {c}");
            }
        }

        Assert.True(ImageFiles.CompareNaturally("x2", "x10") < 0);
        Assert.True(ImageFiles.CompareNaturally("99999999999999999999999", "100000000000000000000000") < 0);
    }

    private ISource Open(string? path = null, bool loop = false) => SourceFactory.Create(
        new SourceOptions { Kind = SourceKind.Images, Path = path ?? _folder.Root, RealTime = false,
            Loop = loop },
        null, TimeProvider.System);
}
