// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using Cagent.TestKit.Files;

namespace Cagent.Xds.Clients.Tests.GrpcPeers;

/// <summary>Another implementation of gRPC: how its client is started, or why it cannot be.</summary>
internal sealed class Peer
{
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(20);
    private static readonly string s_folder = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Xds.Clients.Tests", "peers");

    // Looked for once in each test process.
    private static readonly Lazy<Peer> s_grpcJs = new(FindGrpcJs);
    private static readonly Lazy<Peer> s_core = new(FindCore);

    private Peer(string? program, string script, string missing)
    {
        Program = program;
        Script = Path.Combine(s_folder, script);
        Missing = program is null ? missing : null;
    }

    /// <summary>The interpreter; null when something is missing.</summary>
    public string? Program { get; }

    public string Script { get; }

    /// <summary>Why it is not there; null when it is.</summary>
    public string? Missing { get; }

    public static Peer Find(PeerKind kind) => kind == PeerKind.GrpcJs ? s_grpcJs.Value : s_core.Value;

    private static Peer FindGrpcJs()
    {
        bool isInstalled = Directory.Exists(Path.Combine(s_folder, "grpc-js", "node_modules", "@grpc", "grpc-js-xds"));
        return new Peer(
            isInstalled && Runs("node", "--version") ? "node" : null, "grpc-js/client.js",
            "No grpc-js-xds: it needs node, and script/grpc-peers to install it.");
    }

    private static Peer FindCore()
    {
        // The distribution's own interpreter first: its grpcio is the one that is meant, and another Python may come first on the path.
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(program => Runs(program, "-c", "import grpc"));
        return new Peer(python, "c-core/client.py", "No C-core: it needs a python3 with grpcio (Debian: python3-grpcio); script/grpc-peers installs it.");
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            return process.WaitForExit(s_probeTimeout) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
