namespace Culvert.Collector.Outputs.Elasticsearch;

/// <summary>What a server says of a record that it does not take now, as a sentence for a person.</summary>
internal static class BulkSentence
{
    public static string Of(Uri address, string index, BulkResult result)
    {
        if (BulkAnswer.IsDisk(result.Type, result.Reason))
        {
            return $"The disk of the search server {address} is nearly full, so it takes nothing for {index}; free "
                + "some space there, or keep fewer days.";
        }

        if (BulkAnswer.IsShards(result.Reason))
        {
            return $"The search server {address} has as many shards as it may have, so there is no index {index}; "
                + $"keep fewer days, or raise cluster.max_shards_per_node. It says: {result.Reason}";
        }

        return result.Status switch
        {
            429 => $"The search server {address} has too much to do and asks to wait.",
            401 or 403 => $"The search server {address} does not let this user make documents in {index}; grant "
                + $"create_index and create_doc on it. It says: {result.Reason}",
            404 => $"There is no index {index} at the search server {address}, and none is made by itself; allow it by "
                + "action.auto_create_index, or make it.",
            _ => $"The search server {address} takes nothing for {index} now: {result.Status} {result.Reason}",
        };
    }
}
