using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Devices;
using EdgeConv.Testing.Pipelines;
using Xunit;

namespace EdgeConv.Daemon.Tests;

public sealed class SourceKeeperTest
{
    private static readonly SourceOptions s_input = new() { Kind = SourceKind.Stdin, Columns = ["a"] };
    private readonly List<CountingSource> _made = [];
    private readonly SourceKeeper _keeper;

    public SourceKeeperTest() => _keeper = new SourceKeeper((_, _) =>
    {
        _made.Add(new CountingSource(isLive: false));
        return _made[^1];
    });

    [Fact]
    public async Task Standard_input_goes_on_where_the_last_pipeline_stopped()
    {
        ISource first = _keeper.Make(s_input, Windows(4));
        await ReadAsync(first);
        ISource second = _keeper.Make(s_input with { Columns = ["a"] }, Windows(4));
        await first.DisposeAsync();
        Assert.Equal("w1", await ReadAsync(second));
        Assert.False(Assert.Single(_made).IsDisposed);
    }

    [Fact]
    public async Task Standard_input_in_another_form_is_another_source()
    {
        ISource first = _keeper.Make(s_input, Windows(4));
        _ = _keeper.Make(s_input, Windows(8));
        await first.DisposeAsync();
        Assert.Equal([true, false], _made.Select(source => source.IsDisposed));
        _ = _keeper.Make(s_input with { Columns = ["b"] }, Windows(8));
        Assert.Equal(3, _made.Count);
    }

    [Fact]
    public async Task Other_sources_are_made_anew()
    {
        SourceOptions file = new() { Kind = SourceKind.Csv, Path = "x.csv" };
        ISource first = _keeper.Make(file, Windows(4));
        _ = _keeper.Make(file, Windows(4));
        await first.DisposeAsync();
        Assert.Equal([true, false], _made.Select(source => source.IsDisposed));
    }

    private static SampleWish Windows(int length) => new() { WindowLength = length };

    private static async Task<string> ReadAsync(ISource source)
    {
        using Sample? sample = await source.ReadAsync(TestContext.Current.CancellationToken);
        return sample!.Origin;
    }
}
