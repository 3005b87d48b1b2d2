using EdgeConv.Core;

namespace EdgeConv.Daemon.Benchmarking;

/// <summary>What a session is timed on.</summary>
internal static class InputNoise
{
    /// <summary>
    /// Writes noise in -1..1 into the inputs of type float32: zeros and subnormals can be faster or slower
    /// than real data.
    /// </summary>
    public static void Fill(ISession session)
    {
        Random random = new(1);
        for (int i = 0; i < session.Inputs.Count; i++)
        {
            if (session.Inputs[i].Type != DataType.Float32)
                continue;
            foreach (ref float value in session.GetInput(i).AsSpan<float>())
                value = random.NextSingle() * 2 - 1;
        }
    }
}
