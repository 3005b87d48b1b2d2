using EdgeConv.Core;

namespace EdgeConv.Devices;

/// <summary>What a model wants of a source, so that the source gives no more than is used.</summary>
public readonly record struct SampleWish
{
    /// <summary>Instants of the window that it wants; null when it wants pictures.</summary>
    public int? WindowLength { get; init; }

    /// <summary>Values at each instant of its window; null when it wants pictures, or where not known.</summary>
    public int? Channels { get; init; }

    /// <summary>The channels that it was trained on; null where its file does not say.</summary>
    public IReadOnlyList<SensorChannel>? TrainedOn { get; init; }

    /// <summary>Columns of its picture, the largest of a family; 0 where not known.</summary>
    public int Width { get; init; }

    /// <summary>Rows of its picture, the largest of a family; 0 where not known.</summary>
    public int Height { get; init; }

    /// <summary>Whether it sees no colour.</summary>
    public bool IsGray { get; init; }

    /// <summary>
    /// Whether the whole picture is fitted into the input and the rest padded, so that one that is as wide or
    /// as high as the input has all its detail.
    /// </summary>
    public bool IsPadded { get; init; }

    /// <summary>Whether a picture of this size need not be enlarged.</summary>
    public bool IsCoveredBy(int width, int height) => IsPadded
        ? width >= Width || height >= Height
        : width >= Width && height >= Height;
}
