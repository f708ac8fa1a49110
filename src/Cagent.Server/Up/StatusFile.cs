// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Unix;
using Cagent.Xds;
using Cagent.Xds.Nodes;
using Microsoft.Extensions.Logging;

namespace Cagent.Server.Up;

/// <summary>
/// <c>STATE/status.json</c>: the policy's state, every refusal with node, type, resource and Envoy's text, and what each
/// Envoy has accepted. Rewritten whole at each change of the policy's state.
/// </summary>
internal sealed class StatusFile : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly string _path;
    private readonly PolicyPipeline _pipeline;
    private readonly XdsServer _xds;
    private readonly ILogger<StatusFile> _logger;

    public StatusFile(string stateFolder, PolicyPipeline pipeline, XdsServer xds, ILogger<StatusFile> logger)
    {
        _path = Path.Combine(stateFolder, "status.json");
        _pipeline = pipeline;
        _xds = xds;
        _logger = logger;
        pipeline.StatusChanged += Write;
    }

    public void Dispose() => _pipeline.StatusChanged -= Write;

    private void Write(PolicyStatus status)
    {
        try
        {
            AtomicFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(Render(status), Indented));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.StatusNotWritten(_path, exception.Message);
        }
    }

    private JsonObject Render(PolicyStatus status) => new()
    {
        ["policy"] = new JsonObject
        {
            ["file"] = status.PolicyFile,
            ["state"] = status.State.ToString().ToLowerInvariant(),
            ["since"] = status.Since.ToString("O"),
            ["revision"] = status.Revision?.ToString(),
            ["refused_revision"] = status.Refused?.ToString(),
            ["diagnostics"] = new JsonArray([.. status.Diagnostics.Select(line => JsonValue.Create(line))]),
        },
        ["nacks"] = new JsonArray([.. status.Nacks.Select(Render)]),
        ["nodes"] = new JsonArray([.. _xds.Nodes.Select(Render)]),
    };

    private static JsonObject Render(NackReport nack) => new()
    {
        ["node"] = nack.Node.Id,
        ["type"] = nack.TypeUrl,
        ["resources"] = new JsonArray([.. nack.Suspects.Select(name => JsonValue.Create(name))]),
        ["revision"] = nack.Revision,
        ["text"] = nack.Text,
        ["time"] = nack.Time.ToString("O"),
    };

    private static JsonObject Render(NodeStatus node) => new()
    {
        ["id"] = node.Node.Id,
        ["cluster"] = node.Node.Cluster,
        ["user_agent"] = node.Node.UserAgent,
        ["connected_since"] = node.ConnectedSince.ToString("O"),
        ["types"] = new JsonArray([.. node.Types.Select(type => new JsonObject
        {
            ["type"] = type.TypeUrl,
            ["sent"] = type.SentRevision,
            ["acked"] = type.AckedRevision,
            ["resources"] = type.Resources,
            ["rejected"] = type.HasRejected,
        })]),
    };
}
