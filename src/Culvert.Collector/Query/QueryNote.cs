namespace Culvert.Collector.Query;

/// <summary>Why a part of a query was not taken as it was written.</summary>
/// <param name="Position">Where in the query, in UTF-16 characters from 0.</param>
/// <param name="Length">How many characters it is about.</param>
/// <param name="Message">One sentence for a person.</param>
internal readonly record struct QueryNote(int Position, int Length, string Message);
