using EdgeConv.Core;

namespace EdgeConv.Devices.Messages;

/// <summary>
/// Makes a sample of each message: a picture, or a window of the length that the model takes. A message that is
/// neither is settled as unusable and reported; a good one is settled by whoever gets its result to safety.
/// </summary>
internal sealed class MessageSource(IInlet inlet, IMessageDecoder decoder) : ISource
{
    private long _sequence;

    /// <inheritdoc/>
    public string Name => inlet.Name;

    /// <summary>False: the sender keeps what is not settled.</summary>
    public bool IsLive => false;

    /// <inheritdoc/>
    public async ValueTask<bool> OpenAsync(CancellationToken cancellation)
    {
        await inlet.OpenAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<Sample?> ReadAsync(CancellationToken cancellation)
    {
        Delivery delivery = await inlet.ReceiveAsync(cancellation).ConfigureAwait(false);
        try
        {
            return decoder.Decode(delivery, _sequence++);
        }
        catch (DataError)
        {
            delivery.Settle(Settlement.Unusable);
            throw;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever a sender makes us stumble over must not come again and again.
            delivery.Settle(Settlement.Unusable);
            throw new DataError(delivery.Topic, $"cannot be decoded: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inlet.DisposeAsync();
}
