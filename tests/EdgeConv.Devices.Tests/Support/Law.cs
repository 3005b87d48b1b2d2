using CsCheck;

namespace EdgeConv.Devices.Tests.Support;

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
}
