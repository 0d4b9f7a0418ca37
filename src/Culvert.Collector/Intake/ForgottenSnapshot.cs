namespace Culvert.Collector.Intake;

/// <summary>The sums over the epochs that are kept no longer.</summary>
internal sealed record ForgottenSnapshot(ulong Epochs, ulong Produced, ulong Received, ulong Lost);
