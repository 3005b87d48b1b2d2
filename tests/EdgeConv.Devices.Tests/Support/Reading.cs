namespace EdgeConv.Devices.Tests.Support;

/// <summary>What a source gives when it is read to its end.</summary>
internal sealed class Reading
{
    /// <summary>Values and sequence number of each window, in order.</summary>
    public List<(long Sequence, float[] Values)> Windows { get; } = [];

    /// <summary>Errors, in order.</summary>
    public List<EdgeConvError> Errors { get; } = [];

    /// <summary>
    /// Reads windows until the source ends, fails for good or has given <paramref name="most"/>.
    /// </summary>
    public static async Task<Reading> ToEndAsync(ISource source, int most = 100_000)
    {
        Reading reading = new();
        while (reading.Windows.Count < most)
        {
            try
            {
                using Sample? sample = await source.ReadAsync(TestContext.Current.CancellationToken);
                if (sample is null)
                    break;
                Window window = Assert.IsType<Window>(sample);
                reading.Windows.Add((window.Sequence, window.Values.ToArray()));
            }
            catch (DataError error)
            {
                reading.Errors.Add(error);
            }
            catch (DeviceError error)
            {
                reading.Errors.Add(error);
                break;
            }
        }

        await source.DisposeAsync();
        return reading;
    }
}
