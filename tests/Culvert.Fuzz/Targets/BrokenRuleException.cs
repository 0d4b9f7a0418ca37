namespace Culvert.Fuzz.Targets;

/// <summary>A parser gave a result that breaks a rule of its contract.</summary>
internal sealed class BrokenRuleException(string message) : Exception(message);
