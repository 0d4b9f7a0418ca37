namespace Culvert.Collector.Store;

/// <summary>The store cannot do what was asked; the message is a sentence for a person.</summary>
internal sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
