// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Cagent.Cli;
using Cagent.Compiler;

namespace Cagent.Server.Up;

/// <summary>Whether an Envoy that starts can listen where it is told to, in the user's words.</summary>
internal static class ListenChecks
{
    /// <summary>The listeners of agents, also those that no agent has yet: the policy may open them at any moment.</summary>
    public static async Task CheckAgentListenersAsync(UpSettings settings, CancellationToken cancellationToken)
    {
        // Two listeners of one place would be one agent at the door of another; Envoy refuses the second with less clear words.
        if (settings.Listens.Select(one => (IPEndPoint?)one.Listen).Concat(settings.Agents.Named.Values.Select(address => address.EndPoint)).Append(settings.Agents.MutualTls).OfType<IPEndPoint>()
            .GroupBy(listen => listen).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UpException($"{twice.Key} is given to two listeners; give each its own");
        }

        if (settings.Agents.MutualTls is { } mutual)
        {
            await CheckPortIsFreeAsync("--mtls-listen", mutual, cancellationToken).ConfigureAwait(false);
        }

        foreach ((string name, ListenAddress address) in settings.Agents.Named)
        {
            if (address.IsSocket)
            {
                CheckSocket(address.Path, $"--agent-listener {name}=PATH");
            }
            else
            {
                await CheckPortIsFreeAsync($"--agent-listener {name}=ADDR:PORT,", address.EndPoint, cancellationToken).ConfigureAwait(false);
            }
        }

        if (settings.Agents.Sockets is { } folder && !Directory.Exists(folder))
        {
            throw new UpException($"the folder {folder} of --agent-sockets does not exist; make it, so that only those agents can reach a socket that may");
        }
    }

    /// <summary>Envoy deletes what lies where it makes a socket, whatever it is, and takes the place of another's that is in use.</summary>
    private static void CheckSocket(string path, string option)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new UpException($"the folder of {path} does not exist; make it, or choose another {option}");
        }

        // A socket has no content; what has some is somebody's file.
        if (Directory.Exists(path) || (File.Exists(path) && new FileInfo(path).Length > 0))
        {
            throw new UpException($"{path} is no socket; remove it, or choose another {option}");
        }

        try
        {
            using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            return;
        }

        throw new UpException($"somebody listens on {path}; stop it, or choose another {option}");
    }

    /// <summary>A taken port would be a listener that Envoy refuses; this says it in the user's words.</summary>
    public static async Task CheckPortIsFreeAsync(string option, IPEndPoint listen, CancellationToken cancellationToken)
    {
        try
        {
            // Envoy shares its port with whoever asks to (SO_REUSEPORT), another Envoy for one: then only an answer tells.
            bool isTaken = await Readiness.AcceptsAsync(listen, cancellationToken).ConfigureAwait(false);
            using Socket probe = new(listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            probe.Bind(listen);
            probe.Listen(1);
            if (isTaken)
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }
        }
        catch (SocketException exception)
        {
            throw new UpException($"cannot listen on {listen}: {exception.Message}; stop what uses it or choose another {option} ADDR:PORT");
        }
    }
}
