using Culvert.Collector.Outputs;

namespace Culvert.Collector.Intake;

/// <summary>Spooled = Before + Stored + Waiting + Expired + Damaged.</summary>
/// <param name="Name">The output.</param>
/// <param name="Before">Spooled before the output began.</param>
/// <param name="Stored">What the output has.</param>
/// <param name="Waiting">What it will get.</param>
/// <param name="Expired">What was deleted, by size or age, before the output confirmed it.</param>
/// <param name="Damaged">What could not be read any more.</param>
/// <param name="Balanced">Whether the equation holds.</param>
/// <param name="Status">How it fares; null where no collector runs.</param>
internal sealed record OutputSnapshot(
    string Name, ulong Before, ulong Stored, ulong Waiting, ulong Expired, ulong Damaged, bool Balanced,
    OutputStatusSnapshot? Status);
