using EdgeConv.Engine.Graph;
using EdgeConv.Engine.Operators;

namespace EdgeConv.Engine.Planning;

/// <summary>
/// Memory that one value or several aliases use: a block of the arena, a part of another storage, or outside
/// the arena. The steps in which it is needed are those of the whole it is a part of.
/// </summary>
internal sealed class Storage
{
    private int _firstStep;
    private int _lastStep;

    /// <summary>Size.</summary>
    public long Bytes { get; init; }

    /// <summary>The node that writes it first; null outside the arena.</summary>
    public Node? Maker { get; init; }

    /// <summary>The graph input or constant it belongs to; null in the arena.</summary>
    public Value? Outside { get; init; }

    /// <summary>Whether it is not in the arena.</summary>
    public bool IsOutside => Outside is not null;

    /// <summary>Number of values that use it.</summary>
    public int Values { get; set; }

    /// <summary>What it is a part of; null when it has memory of its own.</summary>
    public Storage? Whole { get; private set; }

    /// <summary>Where it lies in <see cref="Whole"/>.</summary>
    public RowPlace Place { get; private set; }

    /// <summary>The storage that has the memory: itself, or the outermost whole.</summary>
    public Storage Root => Whole?.Root ?? this;

    /// <summary>Bytes from the start of <see cref="Root"/> to its own.</summary>
    public long Offset => Whole is null ? 0 : Whole.Offset + Place.Offset;

    /// <summary>Bytes from one row of its values to the next; 0 where they lie side by side.</summary>
    public long RowStep => Whole is null || Place.IsOnePiece ? 0 : Place.RowStep;

    /// <summary>First step in which the memory is needed.</summary>
    public int FirstStep { get => Root._firstStep; init => _firstStep = value; }

    /// <summary>Last step in which the memory is needed.</summary>
    public int LastStep { get => Root._lastStep; init => _lastStep = value; }

    /// <summary>Says that the memory is needed in a step.</summary>
    public void Use(int step) => Root._lastStep = Math.Max(LastStep, step);

    /// <summary>Makes it, so far a whole of its own, a part of another storage.</summary>
    public void Join(Storage whole, RowPlace place)
    {
        whole.Root._firstStep = Math.Min(whole.FirstStep, FirstStep);
        whole.Use(LastStep);
        (Whole, Place) = (whole, place);
    }
}
