namespace Culvert.Collector.Configuration;

/// <summary>What the values of outputs must be to each other.</summary>
internal static class OutputRules
{
    public static IEnumerable<string> Problems(IReadOnlyList<ConfiguredObject> outputs) =>
        OnlyOne(outputs, "store").Concat(OnlyOne(outputs, "stdout")).Concat(OwnFiles(outputs));

    private static IEnumerable<string> OnlyOne(IReadOnlyList<ConfiguredObject> outputs, string type) =>
        outputs.Where(output => output.Type == type).Skip(1).Select(output =>
            $"outputs.{output.Name} is one more '{type}'; there can be one alone, so leave one out.");

    private static IEnumerable<string> OwnFiles(IReadOnlyList<ConfiguredObject> outputs) =>
        from output in outputs
        where output.Type == "file"
        group output by Path.GetFullPath(output.Text("path")) into file
        from other in file.Skip(1)
        select $"outputs.{other.Name}.path is '{other.Text("path")}', which outputs.{file.First().Name} writes "
            + "already; name another file.";
}
