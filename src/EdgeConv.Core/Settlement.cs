namespace EdgeConv.Core;

/// <summary>What became of a sample whose sender keeps it until it hears of that.</summary>
public enum Settlement
{
    /// <summary>Its result is where it survives this process: the broker has acknowledged it.</summary>
    Secured,

    /// <summary>
    /// It has been looked at and never gives a result that can be kept; sending it again would not help.
    /// </summary>
    Unusable,

    /// <summary>Its result was lost on its way out: the sample is to come again.</summary>
    Lost,
}

/// <summary>
/// Travels with a sample, and then with its result, so that its sender learns what became of it. What is never
/// settled comes again when the sender is asked anew.
/// </summary>
public interface IReceipt
{
    /// <summary>Says it, once; what is said later is ignored. Returns at once, from any thread.</summary>
    void Settle(Settlement settlement);
}
