using EdgeConv.Core;

namespace EdgeConv.Pipeline.Accounting;

/// <summary>Energy that is booked to a pipeline for a stretch of time.</summary>
/// <param name="Joules">Above what the board takes without pipelines, J; not negative.</param>
/// <param name="Uncertainty">
/// Standard uncertainty of what is common to all stretches (a profile, a sensor's scale, the board at rest), J.
/// </param>
/// <param name="Noise">Standard uncertainty of what differs from one stretch to the next, J.</param>
/// <param name="Inferences">Inferences that ended in it.</param>
/// <param name="IsEstimated">Whether it comes from a model instead of a power rail.</param>
public readonly record struct BookedEnergy(
    double Joules, double Uncertainty, double Noise, int Inferences, bool IsEstimated);

/// <summary>
/// A pipeline's energy: for an inference at present, of the day (UTC), and since it was opened. What all stretches
/// have in common adds up, noise adds by squares. Allocates nothing when it books. Safe to call from several threads.
/// </summary>
/// <param name="time">Clock.</param>
public sealed class EnergyLedger(TimeProvider time)
{
    // Time in which the mean of an inference forgets all but 1/e of what was.
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly DateTimeOffset _openedAt = time.GetUtcNow();
    private Sum _all;
    private Sum _day;
    private Sum _recent;
    private Sum _pending;
    private double? _dayBefore;
    private DateOnly _date = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
    private long _bookedAt = time.GetTimestamp();

    /// <summary>Books the energy of the stretch that ends now.</summary>
    public void Book(in BookedEnergy energy)
    {
        lock (_lock)
        {
            Turn(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
            _recent.Forget(Math.Exp(-(time.GetElapsedTime(_bookedAt) / s_memory)));
            _bookedAt = time.GetTimestamp();
            _all.Add(energy);
            _day.Add(energy);
            // Of an inference under way it is no mean yet.
            _pending.Add(energy);
            if (energy.Inferences == 0)
                return;
            _recent.Add(_pending);
            _pending = default;
        }
    }

    /// <summary>What has been booked; null before an inference was.</summary>
    public EnergyUse? Use()
    {
        lock (_lock)
        {
            if (_all.Inferences == 0)
                return null;
            Turn(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime));
            // After a long rest the latest inferences are all that is known; they are still the mean.
            return new EnergyUse
            {
                Inference = _recent.Mean() ?? _all.Mean()!.Value,
                DayJoules = _day.Joules,
                DayBeforeJoules = _dayBefore,
                TotalJoules = _all.Joules,
                TotalUncertaintyJoules = _all.Uncertainty,
                Since = _openedAt,
                IsEstimated = _all.IsEstimated,
            };
        }
    }

    // A clock that is set may skip days, or go back: what was booked then belongs to no day before this one.
    private void Turn(DateOnly today)
    {
        if (today == _date)
            return;
        _dayBefore = today == _date.AddDays(1) ? _day.Joules : null;
        _day = default;
        _date = today;
    }

    private struct Sum
    {
        private const double LeastInferences = 1e-9;
        private double _systematic;
        private double _squares;

        public double Joules { get; private set; }

        public double Inferences { get; private set; }

        public bool IsEstimated { get; private set; }

        public readonly double Uncertainty => Math.Sqrt(_systematic * _systematic + _squares);

        public void Add(in BookedEnergy energy)
        {
            Joules += energy.Joules;
            Inferences += energy.Inferences;
            IsEstimated |= energy.IsEstimated;
            _systematic += energy.Uncertainty;
            _squares += energy.Noise * energy.Noise;
        }

        public void Add(in Sum other)
        {
            Joules += other.Joules;
            Inferences += other.Inferences;
            IsEstimated |= other.IsEstimated;
            _systematic += other._systematic;
            _squares += other._squares;
        }

        public void Forget(double share)
        {
            Joules *= share;
            Inferences *= share;
            _systematic *= share;
            _squares *= share * share;
            IsEstimated &= Inferences > LeastInferences;
        }

        public readonly Energy? Mean() => Inferences <= LeastInferences
            ? null
            : new Energy(Joules / Inferences * 1000, Uncertainty / Inferences * 1000, IsEstimated);
    }
}
