// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Admin.Statuses;
using Cagent.Contracts;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.Server.Up;

/// <summary>
/// <c>STATE/status.json</c>: what <c>cagent status --json</c> prints, for programs that cannot speak gRPC. Rewritten whole,
/// at once when the policy's state changes, and soon after an Envoy accepted something, came, went or died.
/// </summary>
internal sealed class StatusFile : IDisposable
{
    private readonly string _path;
    private readonly PolicyPipeline _pipeline;
    private readonly StatusFeed _feed;
    private readonly ILogger<StatusFile> _logger;
    private readonly Lock _writing = new(); // the pipeline's loop and the follower both write

    public StatusFile(string stateFolder, PolicyPipeline pipeline, StatusFeed feed, ILogger<StatusFile> logger)
    {
        _path = Path.Combine(stateFolder, "status.json");
        _pipeline = pipeline;
        _feed = feed;
        _logger = logger;
        pipeline.StatusChanged += OnPolicyChanged;
    }

    /// <summary>Keeps the file true until cancelled.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _feed.FollowAsync(cancellationToken).ConfigureAwait(false))
        {
            Write();
        }
    }

    public void Dispose() => _pipeline.StatusChanged -= OnPolicyChanged;

    private void OnPolicyChanged(PolicyStatus status) => Write();

    private void Write()
    {
        lock (_writing)
        {
            try
            {
                // Read inside the lock: of two writers the later one has the later state.
                AtomicFile.Write(_path, Encoding.UTF8.GetBytes(StatusJson.Render(_feed.Current) + "\n"));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _logger.StatusNotWritten(_path, exception.Message);
            }
        }
    }
}
