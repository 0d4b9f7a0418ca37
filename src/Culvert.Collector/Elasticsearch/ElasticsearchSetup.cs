using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Culvert.Collector.Elasticsearch;

/// <summary>Installs what the indices of Culvert are made with: index template and life cycle. Idempotent: what is
/// there already and the same is left alone.</summary>
internal sealed class ElasticsearchSetup(ElasticsearchClient client, ElasticsearchFlavour flavour, string prefix)
{
    /// <summary>Makes the index template when there is none, so that no index is ever made without it. One that is
    /// there is not touched, since somebody may have made it so.</summary>
    public async Task EnsureTemplateAsync(CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(ElasticsearchTemplate.Path(prefix), cancellationToken)
            .ConfigureAwait(false);
        // Who may not read templates may still write documents; somebody else has set it up.
        if (answer.IsSuccess || answer.Status == 403) return;
        if (answer.Status != 404) throw ElasticsearchErrors.Refused(answer, "tell its index templates");
        var template = ElasticsearchTemplate.Create(
            flavour, prefix, ElasticsearchLimits.ShardsDefault, ElasticsearchLimits.ReplicasDefault,
            withLifeCycle: false);
        await PutAsync(ElasticsearchTemplate.Path(prefix), template, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is to be done so that the server is as wished; nothing is done yet.</summary>
    /// <param name="shards">Of each index.</param>
    /// <param name="replicas">Of each shard.</param>
    /// <param name="keepDays">After which an index is deleted; null leaves the life cycle as it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<SetupStep>> PlanAsync(
        int shards, int replicas, int? keepDays, CancellationToken cancellationToken)
    {
        var policyPath = flavour.LifeCyclePath(prefix);
        var policy = await client.GetAsync(policyPath, cancellationToken).ConfigureAwait(false);
        var hasPolicy = policy.IsSuccess;
        if (!hasPolicy && policy.Status is 401 or 403)
            throw ElasticsearchErrors.Refused(policy, "tell its life cycles");
        var steps = new List<SetupStep>();
        if (keepDays is { } days)
        {
            hasPolicy |= policy.Status == 404 && !ElasticsearchFlavour.IsWithoutLifeCycles(policy);
            steps.Add(LifeCycleStep(policy, days));
        }

        // Whoever runs this again without the days keeps the life cycle that the indices are under.
        var template = ElasticsearchTemplate.Create(flavour, prefix, shards, replicas, withLifeCycle: hasPolicy);
        var fingerprint = Fingerprint(template);
        template["_meta"]!["fingerprint"] = fingerprint;
        var current = await client.GetAsync(ElasticsearchTemplate.Path(prefix), cancellationToken)
            .ConfigureAwait(false);
        if (!current.IsSuccess && current.Status != 404)
            throw ElasticsearchErrors.Refused(current, "tell its index templates");
        var isSame = current.IsSuccess && FingerprintOf(current) == fingerprint;
        steps.Add(new SetupStep(
            "index template", ElasticsearchTemplate.Path(prefix), Change(current.IsSuccess, isSame), template, ""));
        return steps;
    }

    /// <summary>Does what is to be done.</summary>
    public async Task ApplyAsync(IEnumerable<SetupStep> steps, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            if (step.Change is SetupChange.Created or SetupChange.Updated)
                await PutAsync(step.Path, step.Body, cancellationToken).ConfigureAwait(false);
        }
    }

    private SetupStep LifeCycleStep(ElasticsearchAnswer policy, int keepDays)
    {
        var body = flavour.LifeCycle(prefix, keepDays);
        var path = flavour.LifeCyclePath(prefix);
        var what = flavour.LifeCycleName;
        if (ElasticsearchFlavour.IsWithoutLifeCycles(policy))
        {
            return new SetupStep(
                what, path, SetupChange.Impossible, body,
                $"This {flavour.Name} has no {what}, so nothing deletes old indices: install it, or delete an index "
                + $"yourself when it is {keepDays} days old (DELETE /{prefix}-YYYY.MM.DD).");
        }

        if (policy.Status == 404) return new SetupStep(what, path, SetupChange.Created, body, "");
        if (!policy.IsSuccess) throw ElasticsearchErrors.Refused(policy, "tell its life cycles");
        using var document = policy.Json();
        var age = string.Create(CultureInfo.InvariantCulture, $"\"{keepDays}d\"");
        var isSame = Encoding.UTF8.GetString(policy.Body.Span).Contains(age, StringComparison.Ordinal);
        return new SetupStep(
            what, flavour.LifeCyclePath(prefix, document.RootElement), Change(isThere: true, isSame), body, "");
    }

    private static SetupChange Change(bool isThere, bool isSame) =>
        isSame ? SetupChange.None : isThere ? SetupChange.Updated : SetupChange.Created;

    private static string Fingerprint(JsonObject template) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(template.ToJsonString())).AsSpan(0, 8));

    private static string FingerprintOf(ElasticsearchAnswer answer)
    {
        using var document = answer.Json();
        try
        {
            return document.RootElement.GetProperty("index_templates")[0].GetProperty("index_template")
                .GetProperty("_meta").GetProperty("fingerprint").GetString() ?? "";
        }
        catch (Exception exception) when (exception
            is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return "";
        }
    }

    private async Task PutAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            HttpMethod.Put, path, Encoding.UTF8.GetBytes(body.ToJsonString()), ElasticsearchClient.Json,
            cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw ElasticsearchErrors.Refused(
                answer, $"take {path}, which 'culvert elasticsearch setup' installs with the rights to do so");
        }
    }
}
