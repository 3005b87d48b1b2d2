using EdgeConv.Core;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Profiling;

/// <summary>Energies of sessions alone, without what is done before and behind them.</summary>
/// <param name="probe">Measures them, its idle power known; null where the board does not tell.</param>
/// <param name="model">Estimates them then.</param>
internal sealed class SessionEnergy(EnergyProbe? probe, EnergyModel model)
{
    /// <summary>
    /// The figures of a session whose time was measured; runs it for some seconds where there is a rail.
    /// </summary>
    public PointFigures FiguresOf(ISession session, ServiceTime time, int threads)
    {
        InferenceWork work = InferenceWork.Of(session, time.Median, threads);
        return PointFigures.Of(time, probe?.CostOf(session.Run), model.CostOf(work), DateTimeOffset.UtcNow);
    }
}
