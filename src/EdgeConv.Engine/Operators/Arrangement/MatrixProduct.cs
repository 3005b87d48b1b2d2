using System.Numerics;
using System.Runtime.CompilerServices;

namespace EdgeConv.Engine.Operators;

/// <summary>
/// C = A · B for a row-major C [rows, columns] and strided A [rows, depth] and B [depth, columns]; the loop
/// is chosen by which axis of B is contiguous.
/// </summary>
internal unsafe struct MatrixProduct<T> where T : unmanaged, INumber<T>
{
    /// <summary>Rows of A and C.</summary>
    public int Rows;

    /// <summary>Columns of A, rows of B.</summary>
    public int Depth;

    /// <summary>Columns of B and C.</summary>
    public int Columns;

    /// <summary>Distance from one row of A to the next, in elements.</summary>
    public long ARow;

    /// <summary>Distance from one column of A to the next.</summary>
    public long AColumn;

    /// <summary>Distance from one row of B to the next.</summary>
    public long BRow;

    /// <summary>Distance from one column of B to the next.</summary>
    public long BColumn;

    /// <summary>Multiplies; C is dense and does not overlap A or B.</summary>
    public readonly void Run(T* a, T* b, T* c)
    {
        if (BColumn == 1 || Columns == 1)
            RunColumns(a, b, c);
        else if (BRow == 1 && AColumn == 1)
            RunDots(a, b, c);
        else
            RunPlainly(a, b, c);
    }

    // Four rows by two vectors of columns stay in registers while the depth runs.
    private readonly void RunColumns(T* a, T* b, T* c)
    {
        int wide = 2 * Vector<T>.Count;
        int row = 0;
        for (; row <= Rows - 4; row += 4)
        {
            int column = 0;
            for (; BColumn == 1 && column <= Columns - wide; column += wide)
                Tile4(a + (row * ARow), b + column, c + ((long)row * Columns) + column);
            for (int r = row; r < row + 4; r++)
                RunRow(a + (r * ARow), b, c + ((long)r * Columns), column);
        }

        for (; row < Rows; row++)
            RunRow(a + (row * ARow), b, c + ((long)row * Columns), 0);
    }

    private readonly void Tile4(T* a, T* b, T* c)
    {
        Vector<T> c00 = Vector<T>.Zero, c01 = c00, c10 = c00, c11 = c00, c21 = c00;
        Vector<T> c20 = c00, c30 = c00, c31 = c00;
        for (int k = 0; k < Depth; k++)
        {
            Vector<T> b0 = Vector.Load(b);
            Vector<T> b1 = Vector.Load(b + Vector<T>.Count);
            Join(new Vector<T>(a[0]), b0, b1, ref c00, ref c01);
            Join(new Vector<T>(a[ARow]), b0, b1, ref c10, ref c11);
            Join(new Vector<T>(a[2 * ARow]), b0, b1, ref c20, ref c21);
            Join(new Vector<T>(a[3 * ARow]), b0, b1, ref c30, ref c31);
            a += AColumn;
            b += BRow;
        }

        StorePair(c00, c01, c);
        StorePair(c10, c11, c + Columns);
        StorePair(c20, c21, c + (2L * Columns));
        StorePair(c30, c31, c + (3L * Columns));
    }

    private readonly void RunRow(T* a, T* b, T* c, int column)
    {
        int wide = 4 * Vector<T>.Count;
        for (; BColumn == 1 && column <= Columns - wide; column += wide)
            TileRow(a, b + column, c + column);
        for (; BColumn == 1 && column <= Columns - Vector<T>.Count; column += Vector<T>.Count)
        {
            Vector<T> sum = Vector<T>.Zero;
            T* line = b + column;
            for (int k = 0; k < Depth; k++, line += BRow)
                sum = RowLoops.MultiplyAdd(new Vector<T>(a[k * AColumn]), Vector.Load(line), sum);
            sum.Store(c + column);
        }

        for (; column < Columns; column++)
            c[column] = Dot(a, b + (column * BColumn));
    }

    private readonly void TileRow(T* a, T* b, T* c)
    {
        Vector<T> c0 = Vector<T>.Zero, c1 = c0, c2 = c0, c3 = c0;
        for (int k = 0; k < Depth; k++)
        {
            Vector<T> factor = new(*a);
            Join(factor, Vector.Load(b), Vector.Load(b + Vector<T>.Count), ref c0, ref c1);
            T* second = b + (2 * Vector<T>.Count);
            Join(factor, Vector.Load(second), Vector.Load(second + Vector<T>.Count), ref c2, ref c3);
            a += AColumn;
            b += BRow;
        }

        StorePair(c0, c1, c);
        StorePair(c2, c3, c + (2 * Vector<T>.Count));
    }

    // Both operands run along the depth: the layout of a classifier's weights [classes, features].
    private readonly void RunDots(T* a, T* b, T* c)
    {
        for (int row = 0; row < Rows; row++)
        {
            int column = 0;
            for (; column <= Columns - 4; column += 4)
                Dot4(a, b + (column * BColumn), c + column);
            for (; column < Columns; column++)
                c[column] = Dot(a, b + (column * BColumn));
            a += ARow;
            c += Columns;
        }
    }

    private readonly void Dot4(T* a, T* b, T* c)
    {
        T* b1 = b + BColumn;
        T* b2 = b1 + BColumn;
        T* b3 = b2 + BColumn;
        Vector<T> s0 = Vector<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
        int k = 0;
        for (; k <= Depth - Vector<T>.Count; k += Vector<T>.Count)
        {
            Vector<T> x = Vector.Load(a + k);
            s0 = RowLoops.MultiplyAdd(x, Vector.Load(b + k), s0);
            s1 = RowLoops.MultiplyAdd(x, Vector.Load(b1 + k), s1);
            s2 = RowLoops.MultiplyAdd(x, Vector.Load(b2 + k), s2);
            s3 = RowLoops.MultiplyAdd(x, Vector.Load(b3 + k), s3);
        }

        (T t0, T t1, T t2, T t3) = (Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
        for (; k < Depth; k++)
        {
            t0 += a[k] * b[k];
            t1 += a[k] * b1[k];
            t2 += a[k] * b2[k];
            t3 += a[k] * b3[k];
        }

        (c[0], c[1], c[2], c[3]) = (t0, t1, t2, t3);
    }

    private readonly void RunPlainly(T* a, T* b, T* c)
    {
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
                *c++ = Dot(a + (row * ARow), b + (column * BColumn));
        }
    }

    private readonly T Dot(T* a, T* b)
    {
        T sum = T.Zero;
        for (int k = 0; k < Depth; k++)
            sum += a[k * AColumn] * b[k * BRow];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(Vector<T> a, Vector<T> b0, Vector<T> b1, ref Vector<T> c0, ref Vector<T> c1)
    {
        c0 = RowLoops.MultiplyAdd(a, b0, c0);
        c1 = RowLoops.MultiplyAdd(a, b1, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePair(Vector<T> c0, Vector<T> c1, T* c)
    {
        c0.Store(c);
        c1.Store(c + Vector<T>.Count);
    }
}
