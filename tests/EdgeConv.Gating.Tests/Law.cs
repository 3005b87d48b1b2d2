using CsCheck;

namespace EdgeConv.Gating.Tests;

/// <summary>Checks laws on generated cases that are the same in every run.</summary>
internal static class Law
{
    public static void Holds<T>(this Gen<T> cases, Action<T> law, int count)
    {
        PCG random = new(7, 2026);
        for (int i = 0; i < count; i++)
        {
            T value = cases.Generate(random, null, out _);
            try
            {
                law(value);
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"case {i}: {Check.Print(value)}", problem);
            }
        }
    }

    public static void Holds<T1, T2>(this Gen<(T1, T2)> cases, Action<T1, T2> law, int count) =>
        cases.Holds(t => law(t.Item1, t.Item2), count);

    public static void Holds<T1, T2, T3>(this Gen<(T1, T2, T3)> cases, Action<T1, T2, T3> law, int count) =>
        cases.Holds(t => law(t.Item1, t.Item2, t.Item3), count);
}
