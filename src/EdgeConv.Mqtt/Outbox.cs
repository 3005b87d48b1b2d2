using System.Diagnostics.CodeAnalysis;
using EdgeConv.Core;

namespace EdgeConv.Mqtt;

/// <summary>
/// What is owed to the broker: a bounded queue of findings, the oldest result making room (events, alarms and
/// decisions only where no result waits), and the latest health of each pipeline. Filled by pipelines, emptied
/// by one sender; no call waits.
/// </summary>
internal sealed class Outbox(int limit)
{
    private readonly Lock _lock = new();
    private readonly Finding?[] _ring = new Finding?[limit];
    private readonly Dictionary<string, Slot> _health = [];
    private int _first;
    private int _count;
    private int _taken;
    private int _unsentHealth;
    private long _dropped;
    private TaskCompletionSource? _room;

    /// <summary>Findings that wait or have been taken and neither settled nor given back.</summary>
    public int Owed
    {
        get
        {
            lock (_lock)
                return _count + _taken;
        }
    }

    /// <summary>Whether there is nothing to take.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_lock)
                return _count == 0 && _unsentHealth == 0;
        }
    }

    /// <summary>Findings that had to make room.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Ends when at most half of what the queue can hold is owed.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_lock)
        {
            if (HasRoom)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    public void Add(Finding finding)
    {
        lock (_lock)
        {
            if (_count == limit && !TryDropResult())
            {
                // Only events, alarms and decisions wait.
                if (finding is Result)
                {
                    Drop(finding);
                    return;
                }

                DropAt(0);
            }

            At(_count++) = finding;
        }
    }

    public bool TryTake([NotNullWhen(true)] out Finding? finding)
    {
        lock (_lock)
        {
            finding = _ring[_first];
            if (_count == 0 || finding is null)
                return false;
            _ring[_first] = null;
            _first = (_first + 1) % limit;
            _count--;
            _taken++;
            return true;
        }
    }

    /// <summary>A taken finding has arrived, or never will.</summary>
    public void Settle()
    {
        lock (_lock)
        {
            _taken--;
            TellRoom();
        }
    }

    /// <summary>
    /// A taken finding goes back to the front. Give several back newest first. When the queue has filled up
    /// meanwhile, this one is the oldest: a result is dropped.
    /// </summary>
    public void GiveBack(Finding finding)
    {
        lock (_lock)
        {
            _taken--;
            if (_count == limit && (finding is Result || !TryDropResult()))
            {
                Drop(finding);
                TellRoom();
                return;
            }

            _first = (_first + limit - 1) % limit;
            _ring[_first] = finding;
            _count++;
        }
    }

    /// <summary>Drops everything that waits; returns how many findings that were.</summary>
    public int Clear()
    {
        lock (_lock)
        {
            int count = _count;
            for (int place = 0; place < count; place++)
                Drop(At(place)!);
            Array.Clear(_ring);
            _count = 0;
            TellRoom();
            return count;
        }
    }

    public void Set(Health health) => Put(health.Pipeline, health);

    /// <summary>The pipeline is gone: its retained health is to be cleared.</summary>
    public void Retire(string pipeline) => Put(pipeline, null);

    /// <summary>The next pipeline whose health is not sent yet; null health means clear it.</summary>
    public bool TryTakeHealth([NotNullWhen(true)] out string? pipeline, out Health? health)
    {
        pipeline = null;
        health = null;
        lock (_lock)
        {
            if (_unsentHealth == 0)
                return false;
            foreach ((string name, Slot slot) in _health)
            {
                if (slot.IsSent)
                    continue;
                slot.IsSent = true;
                _unsentHealth--;
                pipeline = name;
                health = slot.Health;
                return true;
            }
        }

        return false;
    }

    /// <summary>The clearing of a retired pipeline has arrived: forget it, unless it is back.</summary>
    public void ForgetIfRetired(string pipeline)
    {
        lock (_lock)
        {
            if (_health.TryGetValue(pipeline, out Slot? slot) && slot is { Health: null, IsSent: true })
                _health.Remove(pipeline);
        }
    }

    /// <summary>A new connection: the broker may have lost what it retained.</summary>
    public void SendAllHealthAgain()
    {
        lock (_lock)
        {
            foreach (Slot slot in _health.Values)
                slot.IsSent = false;
            _unsentHealth = _health.Count;
        }
    }

    private bool TryDropResult()
    {
        for (int place = 0; place < _count; place++)
        {
            if (At(place) is not Result)
                continue;
            DropAt(place);
            return true;
        }

        return false;
    }

    private void DropAt(int place)
    {
        Drop(At(place)!);
        // What is older moves up.
        for (; place > 0; place--)
            At(place) = At(place - 1);
        At(0) = null;
        _first = (_first + 1) % limit;
        _count--;
    }

    private void Drop(Finding finding)
    {
        _dropped++;
        (finding as Result)?.Receipt?.Settle(Settlement.Lost);
    }

    private ref Finding? At(int place) => ref _ring[(_first + place) % limit];

    private bool HasRoom => _count + _taken <= limit / 2;

    private void TellRoom()
    {
        if (!HasRoom)
            return;
        _room?.SetResult();
        _room = null;
    }

    private void Put(string pipeline, Health? health)
    {
        lock (_lock)
        {
            if (!_health.TryGetValue(pipeline, out Slot? slot))
                _health.Add(pipeline, slot = new Slot { IsSent = true });
            slot.Health = health;
            if (slot.IsSent)
                _unsentHealth++;
            slot.IsSent = false;
        }
    }

    private sealed class Slot
    {
        public Health? Health { get; set; }

        public bool IsSent { get; set; }
    }
}
