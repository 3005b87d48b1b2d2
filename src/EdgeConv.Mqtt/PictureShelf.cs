using System.Diagnostics.CodeAnalysis;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>Which picture of a pipeline.</summary>
internal enum PictureKind
{
    /// <summary>The source picture with what is odd drawn over it; JPEG.</summary>
    Snapshot,

    /// <summary>The heat alone; PNG.</summary>
    HeatMap,
}

/// <summary>A picture to be retained; an empty one clears what is.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Kind">Which of its pictures.</param>
/// <param name="Bytes">The file.</param>
internal sealed record Picture(string Pipeline, PictureKind Kind, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// The newest pictures of each pipeline that are owed to the broker. They are not queued with findings: a
/// newer one takes the place of one that waits. No call waits; safe to call from several threads.
/// </summary>
internal sealed class PictureShelf
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(string, PictureKind), Picture> _unsent = [];
    private readonly HashSet<string> _pipelines = [];

    /// <summary>Whether there is nothing to take.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _unsent.Count == 0;
        }
    }

    /// <summary>Owes both pictures of a snapshot.</summary>
    public void Put(Snapshot snapshot)
    {
        lock (_lock)
        {
            _pipelines.Add(snapshot.Pipeline);
            Put(new Picture(snapshot.Pipeline, PictureKind.Snapshot, snapshot.Picture));
            Put(new Picture(snapshot.Pipeline, PictureKind.HeatMap, snapshot.HeatMap));
        }
    }

    /// <summary>
    /// What is retained of a pipeline is to be cleared; nothing where there never was anything.
    /// </summary>
    public void Clear(string pipeline)
    {
        lock (_lock)
        {
            if (!_pipelines.Remove(pipeline))
                return;
            Put(new Picture(pipeline, PictureKind.Snapshot, default));
            Put(new Picture(pipeline, PictureKind.HeatMap, default));
        }
    }

    /// <summary>The next picture to send, the longest owed first.</summary>
    public bool TryTake([NotNullWhen(true)] out Picture? picture)
    {
        picture = null;
        lock (_lock)
        {
            if (_unsent.Count == 0)
                return false;
            picture = _unsent.GetAt(0).Value;
            _unsent.RemoveAt(0);
            return true;
        }
    }

    /// <summary>A taken picture has not arrived: it is owed again, unless a newer one is.</summary>
    public void GiveBack(Picture picture)
    {
        lock (_lock)
            _unsent.TryAdd((picture.Pipeline, picture.Kind), picture);
    }

    private void Put(Picture picture) => _unsent[(picture.Pipeline, picture.Kind)] = picture;
}
