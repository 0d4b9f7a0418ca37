using Culvert.Collector.Intake;

namespace Culvert.Collector.Inputs.Lines;

/// <summary>What had to be done to a line to make a record of it.</summary>
[Flags]
internal enum LineMends
{
    None = 0,

    /// <summary>See <see cref="MendReason.Cut"/>.</summary>
    Cut = 1,

    /// <summary>See <see cref="MendReason.InvalidText"/>.</summary>
    InvalidText = 2,

    /// <summary>See <see cref="MendReason.BrokenJson"/>.</summary>
    BrokenJson = 4,

    /// <summary>See <see cref="MendReason.BrokenSyslog"/>.</summary>
    BrokenSyslog = 8,
}

/// <summary>Counts mends in the ledger.</summary>
internal static class LineMendsExtensions
{
    public static void CountIn(this LineMends mends, Ledger ledger, string input)
    {
        if (mends == LineMends.None) return;
        if (mends.HasFlag(LineMends.Cut)) ledger.CountMended(input, MendReason.Cut, 1);
        if (mends.HasFlag(LineMends.InvalidText)) ledger.CountMended(input, MendReason.InvalidText, 1);
        if (mends.HasFlag(LineMends.BrokenJson)) ledger.CountMended(input, MendReason.BrokenJson, 1);
        if (mends.HasFlag(LineMends.BrokenSyslog)) ledger.CountMended(input, MendReason.BrokenSyslog, 1);
    }
}
