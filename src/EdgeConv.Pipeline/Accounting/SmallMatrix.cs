namespace EdgeConv.Pipeline.Accounting;

/// <summary>Arithmetic on matrices of a few rows.</summary>
internal static class SmallMatrix
{
    private const double LeastPivotShare = 1e-12;

    /// <summary>The inverse of a square matrix by Gauss and Jordan with pivoting; null when it has none.</summary>
    public static double[,]? Inverse(double[,] matrix)
    {
        int n = matrix.GetLength(0);
        double[,] left = (double[,])matrix.Clone();
        double[,] right = new double[n, n];
        for (int i = 0; i < n; i++)
            right[i, i] = 1;
        double least = LeastPivotShare * left.Cast<double>().Max(Math.Abs);
        for (int column = 0; column < n; column++)
        {
            int pivot = PivotOf(left, column);
            if (!(Math.Abs(left[pivot, column]) > least))
                return null;
            Exchange(left, pivot, column);
            Exchange(right, pivot, column);
            double scale = 1 / left[column, column];
            for (int j = 0; j < n; j++)
            {
                left[column, j] *= scale;
                right[column, j] *= scale;
            }

            for (int i = 0; i < n; i++)
                Eliminate(left, right, i, column);
        }

        return right;
    }

    private static int PivotOf(double[,] matrix, int column)
    {
        int best = column;
        for (int i = column + 1; i < matrix.GetLength(0); i++)
        {
            if (Math.Abs(matrix[i, column]) > Math.Abs(matrix[best, column]))
                best = i;
        }

        return best;
    }

    private static void Exchange(double[,] matrix, int a, int b)
    {
        for (int j = 0; j < matrix.GetLength(1); j++)
            (matrix[a, j], matrix[b, j]) = (matrix[b, j], matrix[a, j]);
    }

    private static void Eliminate(double[,] left, double[,] right, int row, int column)
    {
        double factor = left[row, column];
        if (row == column || factor == 0)
            return;
        for (int j = 0; j < left.GetLength(1); j++)
        {
            left[row, j] -= factor * left[column, j];
            right[row, j] -= factor * right[column, j];
        }
    }
}
