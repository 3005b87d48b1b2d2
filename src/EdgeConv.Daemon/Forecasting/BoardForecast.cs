using EdgeConv.Core;
using EdgeConv.Daemon.Composition;
using EdgeConv.Daemon.Hosting;
using EdgeConv.Daemon.Options;
using EdgeConv.Daemon.PowerCalibrating;
using EdgeConv.Daemon.Profiling;
using EdgeConv.Devices;
using EdgeConv.Pipeline;
using EdgeConv.Pipeline.Accounting;
using EdgeConv.Pipeline.Governing;

namespace EdgeConv.Daemon.Forecasting;

/// <summary>What the governors of a configuration would choose first, without running any pipeline.</summary>
/// <param name="Board">The board with nothing of ours running.</param>
/// <param name="Budget">What all pipelines together must hold.</param>
/// <param name="Pipelines">One for each pipeline.</param>
internal sealed record BoardForecast(
    BoardReading Board, BoardBudget Budget, IReadOnlyList<PipelineForecast> Pipelines)
{
    /// <summary>Power of the board at rest by its calibration, W; null without one.</summary>
    public double? RestWatts { get; init; }

    // More than a governor wants to see before it trusts a rate.
    private const int Arrivals = 32;

    /// <summary>Loads and measures the models, and asks the governors.</summary>
    /// <exception cref="EdgeConvError">A model, a fingerprint or an option does not fit.</exception>
    public static async Task<BoardForecast> MakeAsync(
        DaemonOptions options, IBoard sensors, TimeProvider time)
    {
        // Taken before the models are measured: their load would count as the rest of the board's.
        BoardReading idle = await PowerBudget.ReadAsync(sensors).ConfigureAwait(false);
        EnergyModel? energy = EnergyModelFile.Read(options.PlanCache, Console.Error.WriteLine);
        BoardGovernor board = new(options.Budget, time, energy);
        FamilyLoader loader = new(new SessionLoader(Console.Error.WriteLine, options.PlanCache));
        FamilyProfiles profiles = new(
            options.PlanCache is { } folder ? new ProfileFolder(folder, Console.Error.WriteLine) : null, time,
            energy);
        List<PipelineForecast> pipelines =
            [.. options.Pipelines.Select(pipeline => ForecastOf(pipeline, loader, profiles, time))];
        foreach (PipelineForecast pipeline in pipelines)
            board.Join(pipeline.Governor);
        board.Tick(idle);
        foreach (PipelineForecast pipeline in pipelines)
            pipeline.Governor.Reconsider(time.GetUtcNow());
        return new BoardForecast(idle, options.Budget, pipelines) { RestWatts = energy?.RestWatts };
    }

    private static PipelineForecast ForecastOf(
        PipelineOptions options, FamilyLoader loader, FamilyProfiles profiles, TimeProvider time)
    {
        List<FamilyMember> family = loader.Load(options);
        try
        {
            Frontier frontier = new(profiles.Of(options, family));
            PipelineGovernor governor = new(options.Name, frontier, options.Budget, time);
            double? rate = RateOf(options.Source, family[0].WindowLength);
            for (int i = 1; i <= Arrivals && rate is not null; i++)
                governor.Arrive((long)(i * time.TimestampFrequency / rate.Value));
            return new PipelineForecast(options.Name, governor, rate, [.. family.Select(ForecastModel.Of)])
            {
                AreAccuraciesKnown = FamilyAccuracy.Of(options, family).IsKnown,
            };
        }
        finally
        {
            family.ForEach(member => member.Dispose());
        }
    }

    // What is delivered, and what a WAV file says, is known only when it is read; what is not live waits.
    private static double? RateOf(SourceOptions source, int? windowLength)
    {
        bool isKnown = source.RealTime && source.RateHertz > 0
            && source.Kind is SourceKind.Images or SourceKind.Csv or SourceKind.Raw or SourceKind.Camera;
        if (!isKnown)
            return null;
        int stride = windowLength is not { } length ? 1 : source.Stride > 0 ? source.Stride : length;
        return source.RateHertz / stride;
    }
}

/// <summary>What one pipeline would run.</summary>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Governor">Its governor, which has chosen.</param>
/// <param name="SampleHertz">Samples in a second as its source gives them; null where not known.</param>
/// <param name="Models">Its models, by member.</param>
internal sealed record PipelineForecast(
    string Name, PipelineGovernor Governor, double? SampleHertz, IReadOnlyList<ForecastModel> Models)
{
    /// <summary>Whether accuracies are shares of right answers, not only an order.</summary>
    public bool AreAccuraciesKnown { get; init; }
}

/// <summary>A model of a forecast.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">Shape of its input, <c>1x3x224x224</c>.</param>
internal sealed record ForecastModel(string Name, string Input)
{
    /// <summary>The model of <paramref name="member"/>.</summary>
    public static ForecastModel Of(FamilyMember member) => new(
        member.Session.Model.Name, string.Join('x', member.Session.Inputs[0].Shape.Dimensions.ToArray()));
}
