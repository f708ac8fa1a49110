// SPDX-License-Identifier: Apache-2.0
using Cagent.Cli;
using Cagent.ControlPlane.Envoys;
using Cagent.ControlPlane.Publishing;
using Cagent.ControlPlane.Unix;
using Cagent.Secrets.Interception;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cagent.Server.Up;

/// <summary><c>cagent up</c>: from arguments to a run, and from failures that a user can mend to a message and exit code 1.</summary>
internal static class UpRunner
{
    public static async Task<int> RunAsync(UpSettings settings, CancellationToken cancellationToken)
    {
        using StopSignals stop = new(cancellationToken);
        try
        {
            using StateDirectory state = StateDirectory.Open(settings.State);
            SocketPaths sockets = SocketPaths.Choose(state.Root);
            DeploymentInputs deployment = new(settings.Listen, SystemResolvers.Read(), ByteString.CopyFromUtf8(new CaBundle(state.Root, NullLogger<CaBundle>.Instance).ReadPublicRoots())) 
            {
                Transparent = settings.Transparent,
                Agents = settings.Agents,
                OwnAddresses = OwnAddresses.Read(),
            };
            ServiceProvider services = UpServices.Build(settings, state, sockets, deployment);
            await using (services.ConfigureAwait(false))
            {
                return await new UpRun(settings, state, sockets, services).RunAsync(stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            // Told to stop before everything ran.
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InterceptionCaException or EnvoyUnavailableException or UpException)
        {
            await Console.Error.WriteLineAsync($"cagent: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    }
}
