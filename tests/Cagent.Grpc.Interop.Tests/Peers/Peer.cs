// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Cagent.Grpc.Interop.Tests.Protos;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.Grpc.Interop.Tests.Peers;

/// <summary>Another implementation of gRPC: how its programs are started, or why they cannot be.</summary>
internal sealed class Peer
{
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(20);
    private static readonly string s_folder = Path.Combine(RepositoryRoot.Path, "tests", "Cagent.Grpc.Interop.Tests", "peers");

    // Looked for once in each test process.
    private static readonly Lazy<Peer> s_grpcJs = new(FindGrpcJs);
    private static readonly Lazy<Peer> s_core = new(FindCore);

    private readonly string? _program;
    private readonly string _extension;
    private readonly string _path;

    private Peer(string name, string? program, string extension, string missing)
    {
        _program = program;
        _extension = extension;
        _path = Path.Combine(s_folder, name);
        Missing = program is null ? missing : null;
    }

    public static Peer GrpcJs => s_grpcJs.Value;

    public static Peer Core => s_core.Value;

    /// <summary>Why it is not there; null when it is.</summary>
    public string? Missing { get; }

    public static Peer Find(PeerKind kind) => kind == PeerKind.GrpcJs ? GrpcJs : Core;

    /// <summary>Starts the peer's <c>client</c> or <c>server</c> program.</summary>
    public RunningProcess Start(string role, TemporaryFolder folder)
    {
        string program = _program ?? throw new FileNotFoundException(Missing);
        string script = Path.Combine(_path, role + _extension);
        string descriptor = folder.Combine("interop.binpb");
        File.WriteAllBytes(descriptor, InteropReflection.Descriptor.SerializedData.ToByteArray());

        // A proxy of the environment must not come between.
        Dictionary<string, string> environment = new() { ["no_grpc_proxy"] = "*", ["NO_PROXY"] = "*", ["GRPC_ENABLE_FORK_SUPPORT"] = "0" };
        return RunningProcess.Start(program, [script, descriptor], environment, keepsInput: true);
    }

    private static Peer FindGrpcJs()
    {
        bool isInstalled = Directory.Exists(Path.Combine(s_folder, "grpc-js", "node_modules", "@grpc", "grpc-js"));
        return new Peer("grpc-js", isInstalled && Runs("node", "--version") ? "node" : null, ".js", "No grpc-js: it needs node, and script/grpc-peers to install it.");
    }

    private static Peer FindCore()
    {
        // The distribution's own interpreter first: its grpcio is the one that is meant, and another Python may come first on the path.
        string? python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(program => Runs(program, "-c", "import grpc, google.protobuf"));
        return new Peer("c-core", python, ".py", "No C-core: it needs a python3 with grpcio and protobuf (Debian: python3-grpcio, python3-protobuf); script/grpc-peers installs them.");
    }

    private static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            return process.WaitForExit(s_probeTimeout) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
