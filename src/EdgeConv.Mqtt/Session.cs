using EdgeConv.Core;
using MQTTnet;

namespace EdgeConv.Mqtt;

/// <summary>
/// Sends what the outbox owes over one connection: first <c>online</c>, then health, then findings in order,
/// a window of them ahead of the acknowledgements. A finding leaves only when it is acknowledged.
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly SinkContext _context;
    private readonly BrokerConnection _connection;
    private readonly Envelope _envelope;
    private readonly Queue<Flight> _flights = new();
    private readonly Stack<Flight> _idle = new();
    private readonly int _window;
    private MqttCounters _told;
    private string? _toldProblem;
    private long _toldAt;
    private bool _greeted;

    /// <summary>Whether the broker has hung, which has been told.</summary>
    public bool WasOverdue { get; private set; }

    public Session(SinkContext context, BrokerConnection connection)
    {
        _context = context;
        _connection = connection;
        _envelope = new Envelope(context.Topics, context.Options, connection.Answer);
        int granted = connection.Answer.ReceiveMaximum is > 0 and { } most ? most : ushort.MaxValue;
        _window = Math.Min(context.Options.Window, granted);
    }

    /// <summary>Ends when the connection is lost (false), or when the sink stops (true).</summary>
    public async Task<bool> RunAsync()
    {
        _context.Outbox.SendAllHealthAgain();
        Greet();
        try
        {
            while (!_context.Deadline.IsCancellationRequested)
            {
                if (!Settle() || _connection.IsLost || IsOverdue())
                    return false;
                Fill();
                if (_context.Stop.IsCancellationRequested && _flights.Count == 0 && IsAllSent)
                    return true;
                await _context.Wake.WaitAsync().ConfigureAwait(false);
            }

            return true;
        }
        finally
        {
            _context.IsConnected = false;
            GiveBack();
        }
    }

    /// <summary>Says <c>stopped</c> and disconnects.</summary>
    public Task LeaveAsync() => _connection.LeaveAsync(_envelope.Status("stopped"u8));

    public void Dispose()
    {
        foreach (Flight flight in _flights.Concat(_idle))
            flight.Dispose();
    }

    private bool IsAllSent => _context.Outbox.IsEmpty && _context.Pictures.IsEmpty;

    private void Greet()
    {
        Flight online = NextFlight();
        online.Message = _envelope.Status("online"u8);
        Launch(online);
        TellHealth();
    }

    /// <summary>
    /// Takes acknowledged messages out in order; false when one failed because the connection did.
    /// </summary>
    private bool Settle()
    {
        while (_flights.TryPeek(out Flight? flight) && flight.IsDone)
        {
            if (flight.Answer is not { } answer)
                return false;
            _flights.Dequeue();
            if (!_greeted)
                Greeted();
            if (flight.Retired is { } pipeline)
                _context.Outbox.ForgetIfRetired(pipeline);
            if (flight.Finding is not null)
                _context.Outbox.Settle();
            (flight.Finding as Result)?.Receipt?.Settle(SettlementOf(answer));
            if (!answer.IsSuccess)
                Refuse($"the broker refuses messages on {flight.Message!.Topic}: {answer.ReasonCode}");
            else if (flight.Finding is not null)
                _context.CountPublished();
            _idle.Push(flight);
        }

        return true;
    }

    // A message that no broker would ever take does not become better by being made again; any other refusal may end.
    private static Settlement SettlementOf(MqttClientPublishResult answer) => answer switch
    {
        { IsSuccess: true } => Settlement.Secured,
        { ReasonCode: MqttClientPublishReasonCode.PayloadFormatInvalid
            or MqttClientPublishReasonCode.TopicNameInvalid } => Settlement.Unusable,
        _ => Settlement.Lost,
    };

    private void Greeted()
    {
        _greeted = true;
        MqttOptions options = _context.Options;
        long dropped = _context.Outbox.Dropped;
        string protocol = options.Protocol == MqttProtocol.V5 ? "MQTT 5" : "MQTT 3.1.1";
        string loss = dropped == 0 ? "" : $"; {dropped} results dropped since the start: the queue was full";
        _context.Reporter.Report(
            MqttState.Connected,
            $"connected to {options.Address} as '{options.ClientId}' ({protocol}){loss}");
    }

    private bool IsOverdue()
    {
        TimeSpan timeout = _context.Options.AnswerTimeout;
        if (!_flights.TryPeek(out Flight? oldest) || _context.Time.GetElapsedTime(oldest.SentAt) < timeout)
            return false;
        WasOverdue = true;
        _context.Reporter.Report(
            MqttState.Lost,
            $"{_context.Options.Address} acknowledged nothing for {timeout.TotalSeconds} s; reconnecting");
        return true;
    }

    private void Fill()
    {
        Outbox outbox = _context.Outbox;
        while (_flights.Count < _window && outbox.TryTakeHealth(out string? pipeline, out Health? health))
            SendHealth(pipeline, health);
        if (_flights.Count < _window && IsHealthDue())
            TellHealth();
        if (_flights.Count < _window && _context.Pictures.TryTake(out Picture? picture))
            SendPicture(picture);
        while (_flights.Count < _window && outbox.TryTake(out Finding? finding))
            SendFinding(finding);
    }

    private void SendHealth(string pipeline, Health? health)
    {
        Flight flight = NextFlight();
        if (health is null)
        {
            flight.Retired = pipeline;
            flight.Message = _envelope.Cleared(pipeline);
            Launch(flight);
            return;
        }

        LaunchWritten(flight, pipeline, () => _envelope.Health(
            pipeline, flight.Write(HealthPayload.From(health), PayloadJson.Default.HealthPayload)));
    }

    private void SendPicture(Picture picture)
    {
        Flight flight = NextFlight();
        flight.Picture = picture;
        flight.Message = _envelope.Picture(picture);
        Launch(flight);
    }

    private void SendFinding(Finding finding)
    {
        Flight flight = NextFlight();
        flight.Finding = finding;
        string pipeline = finding.Pipeline;
        LaunchWritten(flight, pipeline, () => finding switch
        {
            Result result => _envelope.Result(
                result, flight.Write(ResultPayload.From(result), PayloadJson.Default.ResultPayload)),
            DriftAlarm alarm => _envelope.Drift(
                pipeline, flight.Write(DriftPayload.From(alarm), PayloadJson.Default.DriftPayload)),
            GateEvent gateEvent => _envelope.Event(
                pipeline, flight.Write(EventPayload.From(gateEvent), PayloadJson.Default.EventPayload)),
            GovernorDecision decision => _envelope.Governor(
                pipeline, flight.Write(GovernorPayload.Of(decision), PayloadJson.Default.GovernorPayload)),
            _ => throw new NotSupportedException(finding.GetType().Name),
        });
    }

    /// <summary>
    /// A value that cannot be written (a null where none may be) costs its message, not the sender.
    /// </summary>
    private void LaunchWritten(Flight flight, string pipeline, Func<MqttApplicationMessage> write)
    {
        try
        {
            flight.Message = write();
        }
        catch (Exception error)
        {
            Abandon(flight, $"a message of pipeline {pipeline} cannot be written: {Faults.Line(error)}");
            return;
        }

        Launch(flight);
    }

    private bool IsHealthDue()
    {
        if (_context.OwnersProblem != _toldProblem)
            return true;
        TimeSpan age = _context.Time.GetElapsedTime(_toldAt);
        return age >= _context.Options.HealthInterval && _context.Counters != _told;
    }

    private void TellHealth()
    {
        _told = _context.Counters;
        _toldProblem = _context.OwnersProblem;
        _toldAt = _context.Time.GetTimestamp();
        BrokerHealthPayload payload = new()
        {
            Ts = PayloadText.Of(_context.Time.GetUtcNow()),
            ClientId = _context.Options.ClientId,
            Connects = _told.Connects,
            Queued = _told.Queued,
            QueueLimit = _context.Options.QueueLimit,
            Dropped = _told.Dropped,
            Published = _told.Published,
            Refused = _told.Refused,
            LastProblem = _toldProblem ?? _context.Reporter.LastProblem,
        };
        Flight flight = NextFlight();
        flight.Message = _envelope.BrokerHealth(
            flight.Write(payload, PayloadJson.Default.BrokerHealthPayload));
        Launch(flight);
    }

    private Flight NextFlight()
    {
        Flight flight = _idle.TryPop(out Flight? used) ? used : new Flight();
        flight.Prepare();
        return flight;
    }

    private void Launch(Flight flight)
    {
        if (!_envelope.Fits(flight.Message!))
        {
            string topic = flight.Message!.Topic;
            Abandon(
                flight,
                $"a message on {topic} exceeds the {_envelope.GreatestPacket} bytes the broker takes");
            return;
        }

        flight.SentAt = _context.Time.GetTimestamp();
        _flights.Enqueue(flight);
        _ = flight.SendAsync(_connection.Client, _context.Wake);
    }

    private void Abandon(Flight flight, string problem)
    {
        Refuse(problem);
        (flight.Finding as Result)?.Receipt?.Settle(Settlement.Unusable);
        if (flight.Finding is not null)
            _context.Outbox.Settle();
        _idle.Push(flight);
    }

    private void Refuse(string problem)
    {
        _context.CountRefused();
        _context.Reporter.Report(MqttState.MessageRefused, problem);
    }

    private void GiveBack()
    {
        foreach (Flight flight in _flights.Reverse())
        {
            if (flight.Finding is { } finding)
                _context.Outbox.GiveBack(finding);
            if (flight.Picture is { } picture)
                _context.Pictures.GiveBack(picture);
        }
    }
}
