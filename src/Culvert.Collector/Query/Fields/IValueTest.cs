namespace Culvert.Collector.Query.Fields;

/// <summary>Asked of each value that a field has, until one passes.</summary>
internal interface IValueTest
{
    bool Test(scoped in FieldValue value);
}
