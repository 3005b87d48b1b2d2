namespace EdgeConv.Mqtt.Inlets;

/// <summary>
/// Messages that a connection holds. Brokers that keep to MQTT's Receive Maximum never fill it; mosquitto 2.0 sends
/// ahead of it when there is a backlog, and then its socket is left unread until there is room.
/// </summary>
internal sealed class HeldMessages(int most)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _room;
    private int _count;
    private bool _isBounded;

    /// <summary>
    /// From now on the bound holds: before, the answer to the subscription has to pass the messages of a session that
    /// was kept.
    /// </summary>
    public void Bound()
    {
        lock (_lock)
            _isBounded = true;
    }

    /// <summary>Ends when there is room for one more.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_lock)
        {
            if (!_isBounded || _count < most)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>One has arrived.</summary>
    public void Add()
    {
        lock (_lock)
            _count++;
    }

    /// <summary>One has gone.</summary>
    public void Remove()
    {
        lock (_lock)
        {
            if (--_count >= most)
                return;
            _room?.SetResult();
            _room = null;
        }
    }
}
