// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Cagent.TestKit.Sockets;

namespace Cagent.TestKit.Processes;

/// <summary>How <see cref="CagentProcess"/> starts <c>cagent up</c>.</summary>
public sealed record CagentOptions
{
    /// <summary>The text of the first policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The proxy's address; its port is a free one. Default 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The proxy's port; default 0, a free one. A number lets a restarted Cagent come back where it was.</summary>
    public int Port { get; init; }

    /// <summary>The state folder; default a new one, deleted on dispose. A named one outlives the process, for restarts.</summary>
    public string? StateFolder { get; init; }

    /// <summary>More arguments, after those that the kit gives.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Environment variables, added to those of the test.</summary>
    public ImmutableDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Values that must not show in any error message; values of 8 characters and more in <see cref="Environment"/> are among them anyway.</summary>
    public ImmutableArray<string> Secrets { get; init; } = [];

    /// <summary>The program; default the <c>cagent</c> that this build made.</summary>
    public string? Executable { get; init; }

    /// <summary>The Envoy to pass with <c>--envoy</c>; default the one of <see cref="EnvoyBinary"/>.</summary>
    public string? Envoy { get; init; }

    /// <summary>A command line to put before the program's, such as <c>ip netns exec NAME</c>. It must replace itself by the program.</summary>
    public ImmutableArray<string> Prefix { get; init; } = [];

    /// <summary>Where the proxy's free port is looked for; default the host's network.</summary>
    public ISocketFactory Sockets { get; init; } = HostSockets.Instance;

    /// <summary>How long the start may take; default 30 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether <see cref="CagentProcess.StartAsync"/> waits until Cagent says that it is ready; default true.</summary>
    public bool WaitsForReady { get; init; } = true;
}
