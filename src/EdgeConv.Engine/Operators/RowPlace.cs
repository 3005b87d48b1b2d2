namespace EdgeConv.Engine.Operators;

/// <summary>Where a tensor lies in another one: as rows of bytes, a step apart.</summary>
/// <param name="Offset">Bytes from the start of the other tensor to the first row.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="RowBytes">Length of a row.</param>
/// <param name="RowStep">Bytes from one row to the next.</param>
public readonly record struct RowPlace(long Offset, long Rows, long RowBytes, long RowStep)
{
    /// <summary>Whether there is nothing between the rows.</summary>
    public bool IsOnePiece => Rows <= 1 || RowBytes == RowStep;
}
