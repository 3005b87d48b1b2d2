using EdgeConv.Core;

namespace EdgeConv.Engine.Verification;

/// <summary>Compares a computed tensor with an expected one.</summary>
public static class TensorComparison
{
    /// <summary>
    /// What differs, in one clause; null when type and shape are equal, floating-point values lie within
    /// <paramref name="tolerance"/>, and all others are equal.
    /// </summary>
    public static string? Difference(Tensor actual, Tensor expected, Tolerance tolerance)
    {
        ArgumentNullException.ThrowIfNull(actual);
        ArgumentNullException.ThrowIfNull(expected);
        if (actual.Type != expected.Type)
            return $"is {DataTypes.NameOf(actual.Type)}, expected {DataTypes.NameOf(expected.Type)}";
        if (!actual.Shape.Equals(expected.Shape))
            return $"has shape {actual.Shape}, expected {expected.Shape}";
        return expected.Type switch
        {
            DataType.Float32 => Floats<float>(actual, expected, tolerance, value => value),
            DataType.Float64 => Floats<double>(actual, expected, tolerance, value => value),
            DataType.Int64 => Integers<long>(actual, expected),
            DataType.Int32 => Integers<int>(actual, expected),
            DataType.Int8 => Integers<sbyte>(actual, expected),
            DataType.UInt8 => Integers<byte>(actual, expected),
            DataType.Bool => Integers<bool>(actual, expected),
            _ => throw new ArgumentOutOfRangeException(nameof(expected), expected.Type, null),
        };
    }

    private static string? Floats<T>(
        Tensor actual, Tensor expected, Tolerance tolerance, Func<T, double> widen) where T : unmanaged
    {
        ReadOnlySpan<T> computed = actual.AsSpan<T>();
        ReadOnlySpan<T> wanted = expected.AsSpan<T>();
        int differing = 0;
        int first = -1;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (tolerance.Accepts(widen(computed[i]), widen(wanted[i])))
                continue;
            first = differing++ == 0 ? i : first;
        }

        return differing == 0 ? null : Describe(computed, wanted, first, differing);
    }

    private static string? Integers<T>(Tensor actual, Tensor expected) where T : unmanaged, IEquatable<T>
    {
        ReadOnlySpan<T> computed = actual.AsSpan<T>();
        ReadOnlySpan<T> wanted = expected.AsSpan<T>();
        int first = computed.CommonPrefixLength(wanted);
        if (first == wanted.Length)
            return null;
        int differing = 0;
        for (int i = first; i < wanted.Length; i++)
            differing += computed[i].Equals(wanted[i]) ? 0 : 1;
        return Describe(computed, wanted, first, differing);
    }

    private static string Describe<T>(
        ReadOnlySpan<T> computed, ReadOnlySpan<T> wanted, int first, int differing) =>
        $"differs in {differing} of {wanted.Length} elements, first [{first}] is {computed[first]}, "
        + $"expected {wanted[first]}";
}
