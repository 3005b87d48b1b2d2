using EdgeConv.Core;

namespace EdgeConv.Devices.Board;

/// <summary>This machine's sensors: processor temperature and power rails, found by name.</summary>
public sealed class Board : IBoard
{
    private readonly SysRoot _root;
    private readonly RaplMeter _rapl;
    private ThermalZone? _thermal;
    private PowerRail? _power;
    private bool _isResolved;

    /// <summary>The machine itself.</summary>
    public Board()
        : this(SysRoot.Default, TimeProvider.System)
    {
    }

    /// <summary>The board below <paramref name="root"/>.</summary>
    public Board(SysRoot root, TimeProvider time)
    {
        _root = root;
        _rapl = new RaplMeter(root, time);
    }

    /// <inheritdoc/>
    public BoardReading Read()
    {
        // A driver that is loaded late or loaded anew gets other numbers: look again when a sensor is silent.
        double? temperature = _thermal?.Celsius();
        double? power = _power?.Watts();
        bool isSilent = (_thermal is not null && temperature is null) || (_power is not null && power is null);
        if (!_isResolved || isSilent)
        {
            _thermal = ThermalZone.Find(_root);
            _power = PowerRail.Find(_root);
            _isResolved = true;
            temperature = _thermal?.Celsius();
            power = _power?.Watts();
        }

        return new BoardReading(temperature, _thermal?.LimitCelsius, power ?? _rapl.Watts());
    }
}
