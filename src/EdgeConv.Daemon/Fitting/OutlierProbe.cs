using EdgeConv.Core;
using EdgeConv.Gating;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Preprocessing;

namespace EdgeConv.Daemon.Fitting;

/// <summary>
/// Runs outliers made of the first calibration samples through the model, see <see
/// cref="SyntheticOutliers"/>.
/// </summary>
internal sealed class OutlierProbe
{
    /// <summary>
    /// Calibration samples that outliers are made of; more would cost time and tell little.
    /// </summary>
    public const int MostSamples = 200;

    private readonly FamilyMember _member;
    private readonly InputValues _input;
    private readonly IReadOnlyList<SyntheticOutliers.Kind> _kinds;

    public OutlierProbe(FamilyMember member, PreprocessOptions preprocess)
    {
        bool isPicture = member.WindowLength is null;
        _member = member;
        _input = new InputValues(preprocess, member.Session, isPicture);
        _kinds = SyntheticOutliers.For(isPicture);
        Check = new OutlierCheck([.. _kinds.Select(kind => kind.Name)]);
    }

    /// <summary>What was found.</summary>
    public OutlierCheck Check { get; }

    /// <summary>
    /// Takes a calibration sample that the session has just run; none after the first of them.
    /// </summary>
    public void Add(Sample sample)
    {
        if (Check.Count == MostSamples)
            return;
        int seed = Check.Count * _kinds.Count;
        Check.AddOriginal(_member.Session);
        for (int kind = 0; kind < _kinds.Count; kind++)
        {
            // A run may use the input's memory for something else.
            _member.Preprocess(sample);
            Tensor tensor = _member.Session.GetInput(0);
            _input.Read(tensor);
            _kinds[kind].Make(_input, new Random(seed + kind));
            _input.Write(tensor);
            _member.Session.Run();
            Check.AddOutlier(kind, _member.Session);
        }
    }
}
