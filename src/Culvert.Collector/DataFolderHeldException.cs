namespace Culvert.Collector;

/// <summary>Another process works on the data folder.</summary>
internal sealed class DataFolderHeldException(string folder, string holder)
    : IOException($"{folder} is in use by {holder}; stop that one first, or name another folder with --data.");
