using EdgeConv.Core;

namespace EdgeConv.Mqtt.Tests;

public class PictureShelfTest
{
    private readonly PictureShelf _shelf = new();

    [Fact]
    public void Both_pictures_of_a_snapshot_are_owed_once()
    {
        _shelf.Put(Samples.Snapshot("a"));
        Assert.Equal([("fashion", PictureKind.Snapshot, "a"), ("fashion", PictureKind.HeatMap, "heat of a")], TakeAll());
        Assert.True(_shelf.IsEmpty);
    }

    [Fact]
    public void A_newer_snapshot_takes_the_place_of_one_that_waits()
    {
        _shelf.Put(Samples.Snapshot("a"));
        _shelf.Put(Samples.Snapshot("b", "heart"));
        _shelf.Put(Samples.Snapshot("c"));
        Assert.Equal(["c", "heat of c", "b", "heat of b"], TakeAll().Select(taken => taken.Text));
    }

    [Fact]
    public void What_is_given_back_is_owed_again_unless_something_newer_is()
    {
        _shelf.Put(Samples.Snapshot("a"));
        Assert.True(_shelf.TryTake(out Picture? first));
        Assert.True(_shelf.TryTake(out Picture? second));
        _shelf.GiveBack(first);
        Assert.Equal(["a"], TakeAll().Select(taken => taken.Text));
        _shelf.Put(Samples.Snapshot("b"));
        _shelf.GiveBack(second);
        Assert.Equal(["b", "heat of b"], TakeAll().Select(taken => taken.Text));
    }

    [Fact]
    public void Retiring_owes_two_empty_pictures_once_and_nothing_where_there_never_were_any()
    {
        _shelf.Retire("fashion");
        Assert.True(_shelf.IsEmpty);
        _shelf.Put(Samples.Snapshot("a"));
        _shelf.Retire("fashion");
        Assert.Equal([("fashion", PictureKind.Snapshot, ""), ("fashion", PictureKind.HeatMap, "")], TakeAll());
        _shelf.Retire("fashion");
        Assert.True(_shelf.IsEmpty);
    }

    [Fact]
    public void Clearing_owes_two_empty_pictures_whatever_this_run_has_put()
    {
        _shelf.Clear("fashion");
        Assert.Equal([("fashion", PictureKind.Snapshot, ""), ("fashion", PictureKind.HeatMap, "")], TakeAll());
        _shelf.Put(Samples.Snapshot("a"));
        _shelf.Clear("fashion");
        Assert.Equal([("fashion", PictureKind.Snapshot, ""), ("fashion", PictureKind.HeatMap, "")], TakeAll());
    }

    [Fact]
    public void The_heat_of_an_earlier_picture_or_run_is_cleared_once_by_one_without_heat()
    {
        Snapshot cold = Samples.Snapshot("a") with { HeatMap = default };
        _shelf.Put(cold);
        Assert.Equal([("fashion", PictureKind.Snapshot, "a"), ("fashion", PictureKind.HeatMap, "")], TakeAll());
        _shelf.Put(cold);
        Assert.Equal(["a"], TakeAll().Select(taken => taken.Text));
        _shelf.Put(Samples.Snapshot("b"));
        Assert.Equal(["b", "heat of b"], TakeAll().Select(taken => taken.Text));
        _shelf.Put(cold);
        _shelf.Put(cold);
        Assert.Equal(["a", ""], TakeAll().Select(taken => taken.Text));
    }

    private List<(string Pipeline, PictureKind Kind, string Text)> TakeAll()
    {
        List<(string, PictureKind, string)> taken = [];
        while (_shelf.TryTake(out Picture? picture))
            taken.Add((picture.Pipeline, picture.Kind, System.Text.Encoding.ASCII.GetString(picture.Bytes.Span)));
        return taken;
    }
}
