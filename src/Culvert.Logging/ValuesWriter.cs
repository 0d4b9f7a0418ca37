using Culvert.Journals;

namespace Culvert.Logging;

/// <summary>Writes the values of a state and returns the object that all calls of its LoggerMessage share.</summary>
internal delegate object ValuesWriter<TState>(ref readonly TState state, ref ShapedRecordWriter output);
