namespace EdgeConv.Gating;

/// <summary>What a calibration comes to on samples it has not seen.</summary>
internal static class CrossCalibration
{
    /// <summary>
    /// Each half of the calibration samples judged by the other half: the share, 0..1, with p of at most
    /// <paramref name="alpha"/>.
    /// </summary>
    /// <param name="taps">Taps with their scores, of one sample or more.</param>
    /// <param name="alpha">In (0,1).</param>
    public static double FlagRate(IReadOnlyList<TapFingerprint> taps, double alpha)
    {
        int flagged = 0;
        for (int parity = 0; parity < 2; parity++)
        {
            CalibrationBlocks judge = new([.. taps.Select(tap => HalfOf(tap.Scores, 1 - parity))]);
            float[][] judged = [.. taps.Select(tap => HalfOf(tap.Scores, parity))];
            flagged += judge.PValuesOf(judged).Count(p => p <= alpha);
        }

        return (double)flagged / taps[0].Scores.Length;
    }

    private static float[] HalfOf(float[] scores, int parity) => [.. scores.Where((_, i) => i % 2 == parity)];
}
