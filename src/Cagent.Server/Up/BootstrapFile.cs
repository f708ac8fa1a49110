// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Compiler.Envoy;
using Cagent.ControlPlane.Unix;
using Cagent.EnvoyApi;
using Google.Protobuf;

namespace Cagent.Server.Up;

/// <summary>The bootstrap on disk. Equal inputs give equal bytes, by which a restarted control plane knows its Envoy.</summary>
internal static class BootstrapFile
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default
        .WithPreserveProtoFieldNames(true).WithTypeRegistry(EnvoyTypes.Registry).WithIndentation());

    public static string Write(StateDirectory state, BootstrapInputs inputs)
    {
        string path = Path.Combine(state.Envoy, "bootstrap.json");
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(Formatter.Format(Bootstraps.Emit(inputs)) + "\n"));
        return path;
    }
}
