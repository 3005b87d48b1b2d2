namespace EdgeConv.Mqtt;

/// <summary>Tells the owner what happened; a problem once until the next connection.</summary>
internal sealed class Reporter(Action<MqttStatus>? receiver, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly HashSet<(MqttState, string)> _said = [];
    private string? _lastProblem;

    public string? LastProblem => Volatile.Read(ref _lastProblem);

    public void Report(MqttState state, string message)
    {
        MqttStatus status = new(time.GetUtcNow(), state, message);
        lock (_lock)
        {
            if (!status.IsProblem)
                _said.Clear();
            else if (!_said.Add((state, message)))
                return;
            if (status.IsProblem)
                Volatile.Write(ref _lastProblem, message);
            Tell(status);
        }
    }

    private void Tell(MqttStatus status)
    {
        try
        {
            receiver?.Invoke(status);
        }
        catch (Exception)
        {
            // Whoever listens must not be able to stop the sender.
        }
    }
}
