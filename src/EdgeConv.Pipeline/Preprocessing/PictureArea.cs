using EdgeConv.Kernels.Image;

namespace EdgeConv.Pipeline.Preprocessing;

/// <summary>A part of a frame, and its size in the model's picture.</summary>
/// <param name="Columns">The columns of the frame.</param>
/// <param name="Rows">The rows of the frame.</param>
/// <param name="Width">Columns that they become.</param>
/// <param name="Height">Rows that they become.</param>
internal readonly record struct PictureArea(AxisWindow Columns, AxisWindow Rows, int Width, int Height)
{
    /// <summary>Whether pixels are wanted as they are.</summary>
    public bool IsSameSize => IsWhole(Columns, Width) && IsWhole(Rows, Height);

    /// <summary>A whole frame.</summary>
    public static PictureArea Whole(FrameForm frame, int width, int height) => new(
        new AxisWindow(0, frame.Width), new AxisWindow(0, frame.Height), width, height);

    private static bool IsWhole(AxisWindow window, int extent) =>
        window.Length == extent && window.Start == Math.Floor(window.Start);
}
