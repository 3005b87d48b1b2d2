using System.Globalization;
using System.Text;

namespace EdgeConv.Devices.Tests.Support;

/// <summary>A reading as <c>expected.txt</c> of a recorded board writes it: a line a value, - for none.</summary>
internal static class ReadingText
{
    public static string Of(BoardReading reading)
    {
        StringBuilder text = new();
        void Add(string key, object? value) =>
            text.Append(CultureInfo.InvariantCulture, $"{key}: {value ?? "-"}\n");

        Add("temperature, °C", Rounded(reading.TemperatureCelsius));
        Add("temperature limit, °C", Rounded(reading.TemperatureLimitCelsius));
        Add("power, W", Rounded(reading.PowerWatts));
        Add("power source", reading.PowerSource);
        Add("energy, J", Rounded(reading.EnergyJoules));
        Add("under-voltage", reading.IsUnderVoltage);
        Add("throttling", reading.Throttling);
        Add("clock, Hz", reading.ClockHertz);
        Add("clock limit, Hz", reading.ClockLimitHertz);
        Add("battery, share", Rounded(reading.BatteryShare));
        Add("battery, W", Rounded(reading.BatteryWatts));
        Add("discharging", reading.IsDischarging);
        return text.ToString();
    }

    // Nine digits behind the point hide what adding in binary leaves over.
    private static double? Rounded(double? value) => value is { } known ? Math.Round(known, 9) : null;
}
