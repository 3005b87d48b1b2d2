using EdgeConv.Gating;

namespace EdgeConv.Benchmarks.Gate.Fashion;

/// <summary>One way to tell how odd a picture is.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Oddness">Higher is odder.</param>
internal sealed record Detector(string Name, Func<NetworkAnswer, double> Oddness);

/// <summary>The gate, its parts, and what needs nothing but the outputs.</summary>
internal static class SplitDetectors
{
    /// <summary>The gate that <c>edgeconv fit</c> makes by itself.</summary>
    public const string Gate = "gate: p of both taps";

    /// <summary>What <c>edgeconv fit --mode diagonal</c> makes.</summary>
    public const string Diagonal = "diagonal gate, last 1×1";

    /// <summary>Less the greatest probability (Hendrycks and Gimpel, 2017).</summary>
    public const string MaxSoftmax = "max-softmax";

    /// <summary>Less the logarithm of Σ exp(logit) (Liu et al., 2020).</summary>
    public const string Energy = "energy";

    /// <summary>All detectors, those that need it fitted to these answers.</summary>
    public static IReadOnlyList<Detector> Fit(SplitNetwork network, NetworkAnswer[] answers) =>
    [
        Combined(network, answers),
        .. network.Options.Taps.Select((tap, i) =>
            Alone(network, answers, i == 0 ? "early tap alone" : "deep tap alone", tap)),
        Alone(network, answers, Diagonal, network.Literal),
        new(MaxSoftmax, answer => -1 / answer.Logits.Sum(x => Math.Exp(x - answer.Logits.Max()))),
        new(Energy, answer => -LogSumExp(answer.Logits)),
    ];

    private static double LogSumExp(float[] logits) =>
        logits.Max() + Math.Log(logits.Sum(x => Math.Exp(x - logits.Max())));

    private static Detector Combined(SplitNetwork network, NetworkAnswer[] answers)
    {
        FingerprintFitter fitter = new(network.Model, network.Options);
        foreach (NetworkAnswer answer in answers)
            fitter.Add("picture", answer.Class, network.StatisticsOf(answer));
        MahalanobisGate gate = new(fitter.Finish());
        return new(Gate, answer => -gate.Evaluate(network.StatisticsOf(answer)).P);
    }

    // By its distance itself, not by the rank that p makes of it.
    private static Detector Alone(SplitNetwork network, NetworkAnswer[] answers, string name, TapChoice tap)
    {
        FingerprintFitter fitter = new(network.Model, network.Options with { Taps = [tap] });
        foreach (NetworkAnswer answer in answers)
            fitter.Add("picture", answer.Class, network.StatisticsOf(answer, tap.Name));
        Fingerprint fingerprint = fitter.Finish();
        MahalanobisGate gate = new(fingerprint);
        string mode = $"{name}, {GateNames.Of(fingerprint.Taps[0].Mode)}";
        return new(name == Diagonal ? name : mode, answer =>
            gate.Evaluate(network.StatisticsOf(answer, tap.Name)).Distance);
    }
}
