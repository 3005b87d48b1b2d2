namespace EdgeConv.Core;

/// <summary>Which sensor a board's power comes from, the most trusted first.</summary>
public enum PowerSource
{
    /// <summary>A monitor on the board's input: INA3221, INA219, INA226 and their kin.</summary>
    Rails,

    /// <summary>
    /// The sum of what a Raspberry Pi 5's power management chip delivers. It is below the board's input: the
    /// chip's own losses and what USB and HATs draw from 5 V are not in it.
    /// </summary>
    Pmic,

    /// <summary>
    /// The energy counters of x86 processor packages (running average power limit), without the rest of the
    /// machine.
    /// </summary>
    Rapl,

    /// <summary>What the battery delivers while it discharges.</summary>
    Battery,
}
