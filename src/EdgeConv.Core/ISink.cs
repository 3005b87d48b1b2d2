namespace EdgeConv.Core;

/// <summary>
/// Takes what pipelines have to say. All methods return at once and never throw for a slow or absent
/// receiver: they put the message in a bounded queue, the oldest making room. Safe to call from several
/// threads.
/// </summary>
public interface ISink
{
    /// <summary>
    /// Queues a result, an event or an alarm. A result's <see cref="Result.Receipt"/> is settled when the receiver
    /// has acknowledged it, or when it had to go.
    /// </summary>
    void Publish(Finding finding);

    /// <summary>Queues a pipeline's state; receivers keep the latest.</summary>
    void Publish(Health health);

    /// <summary>
    /// Takes a picture of something odd; receivers keep the latest, and a newer one makes room for itself.
    /// </summary>
    void Publish(Snapshot snapshot)
    {
    }

    /// <summary>
    /// Ends when there is ample room in the queue. Who can wait (the replay of a recording) awaits it before
    /// each result, so that none is pushed out; who cannot (a live source) does not ask.
    /// </summary>
    Task WaitForRoomAsync() => Task.CompletedTask;
}
