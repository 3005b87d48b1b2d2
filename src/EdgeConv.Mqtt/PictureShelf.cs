using System.Diagnostics.CodeAnalysis;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>Which picture of a pipeline.</summary>
internal enum PictureKind
{
    /// <summary>What was seen, with what was found drawn over it; JPEG.</summary>
    Snapshot,

    /// <summary>The heat alone; PNG.</summary>
    HeatMap,
}

/// <summary>A picture to be retained; an empty one clears what is.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Kind">Which of its pictures.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Snapshot">What it is of; null for an empty one.</param>
internal sealed record Picture(string Pipeline, PictureKind Kind, ReadOnlyMemory<byte> Bytes, Snapshot? Snapshot);

/// <summary>
/// The newest pictures of each pipeline that are owed to the broker. They are not queued with findings: a
/// newer one takes the place of one that waits. No call waits; safe to call from several threads.
/// </summary>
internal sealed class PictureShelf
{
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(string, PictureKind), Picture> _unsent = [];
    private readonly HashSet<(string, PictureKind)> _retained = [];
    private readonly HashSet<(string, PictureKind)> _known = [];

    /// <summary>Whether there is nothing to take.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _unsent.Count == 0;
        }
    }

    /// <summary>
    /// Owes the pictures of a snapshot. Where it has no heat, that of the one before is cleared, which may have been
    /// an earlier run's.
    /// </summary>
    public void Put(Snapshot snapshot)
    {
        lock (_lock)
        {
            Put(snapshot, PictureKind.Snapshot, snapshot.Picture);
            if (!snapshot.HeatMap.IsEmpty)
                Put(snapshot, PictureKind.HeatMap, snapshot.HeatMap);
            else if (_known.Add((snapshot.Pipeline, PictureKind.HeatMap)))
                Owe(snapshot.Pipeline, PictureKind.HeatMap, default, null);
            else
                Clear(snapshot.Pipeline, PictureKind.HeatMap);
        }
    }

    /// <summary>What is retained of a pipeline is to be cleared, also what an earlier run has left.</summary>
    public void Clear(string pipeline)
    {
        lock (_lock)
        {
            foreach (PictureKind kind in Enum.GetValues<PictureKind>())
            {
                _known.Add((pipeline, kind));
                _retained.Remove((pipeline, kind));
                Owe(pipeline, kind, default, null);
            }
        }
    }

    /// <summary>As <see cref="Clear(string)"/>, of what this run has put.</summary>
    public void Retire(string pipeline)
    {
        lock (_lock)
        {
            Clear(pipeline, PictureKind.Snapshot);
            Clear(pipeline, PictureKind.HeatMap);
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

    private void Put(Snapshot snapshot, PictureKind kind, ReadOnlyMemory<byte> bytes)
    {
        _known.Add((snapshot.Pipeline, kind));
        _retained.Add((snapshot.Pipeline, kind));
        Owe(snapshot.Pipeline, kind, bytes, snapshot);
    }

    private void Clear(string pipeline, PictureKind kind)
    {
        if (_retained.Remove((pipeline, kind)))
            Owe(pipeline, kind, default, null);
    }

    private void Owe(string pipeline, PictureKind kind, ReadOnlyMemory<byte> bytes, Snapshot? snapshot) =>
        _unsent[(pipeline, kind)] = new Picture(pipeline, kind, bytes, snapshot);
}
