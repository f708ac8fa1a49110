// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cagent.ControlPlane.Unix;

/// <summary>
/// Where the Unix sockets of one Cagent are: <c>&lt;state&gt;/run</c> when a path there fits the kernel's limit (unix(7): 108 bytes
/// with the final NUL), else a private folder under the temporary one, named by a hash of the state directory, so that every start finds it again.
/// </summary>
public sealed class SocketPaths
{
    /// <summary>The longest path a Unix socket can have, in UTF-8 bytes.</summary>
    public const int MaxPathBytes = 107;

    private SocketPaths(string folder) => Folder = folder;

    /// <summary>The folder, mode 0700.</summary>
    public string Folder { get; }

    /// <summary>Envoy's admin interface.</summary>
    public string Admin => Path.Combine(Folder, "admin.sock");

    /// <summary>The listener that ends tunnels (see <c>TunnelCutter</c>).</summary>
    public string Cut => Path.Combine(Folder, "cut.sock");

    /// <summary>What Cagent serves to Envoy: xDS, ext_authz and access logs.</summary>
    public string Control => Path.Combine(Folder, "control.sock");

    /// <summary>The admin API of the control plane.</summary>
    public string Api => Path.Combine(Folder, "api.sock");

    /// <summary>Where a rate-limit service for many proxies gets its configuration.</summary>
    public string Limits => Path.Combine(Folder, "limits.sock");

    /// <summary>The folder above: Envoy's working directory, from which its bootstrap names the sockets <c>run/…</c>.</summary>
    public string Home => Path.GetDirectoryName(Folder)!;

    /// <summary>Chooses and creates the folder.</summary>
    /// <param name="stateRoot">Absolute path of the state directory.</param>
    /// <param name="temporaryFolder">Where the short form goes; null for the system's temporary folder.</param>
    /// <exception cref="StateDirectoryException">The folder is foreign, writable by others, or even the short form is too long.</exception>
    public static SocketPaths Choose(string stateRoot, string? temporaryFolder = null)
    {
        SocketPaths chosen = Find(stateRoot, temporaryFolder);
        if (chosen.Home == stateRoot)
        {
            PrivateFolder.Ensure(chosen.Folder, demandExclusive: false);
            return chosen;
        }

        if (!chosen.Fits)
        {
            throw new StateDirectoryException(
                $"the path {chosen.Folder} is too long for Unix sockets ({MaxPathBytes} bytes); set TMPDIR or --state to a shorter one");
        }
        // The temporary folder is everybody's: a folder prepared there by someone else would hand them our sockets.
        PrivateFolder.Ensure(chosen.Home, demandExclusive: true);
        PrivateFolder.Ensure(chosen.Folder, demandExclusive: true);
        return chosen;
    }

    /// <summary>Where <see cref="Choose"/> puts them, for a client of a running Cagent: creates and checks nothing.</summary>
    /// <param name="stateRoot">Absolute path of the state directory.</param>
    /// <param name="temporaryFolder">As for <see cref="Choose"/>; the client must have the same one.</param>
    public static SocketPaths Find(string stateRoot, string? temporaryFolder = null)
    {
        SocketPaths inState = new(Path.Combine(stateRoot, "run"));
        if (inState.Fits)
        {
            return inState;
        }

        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stateRoot)))[..16];
        string user = UnixApi.EffectiveUser().ToString(CultureInfo.InvariantCulture);
        return new SocketPaths(Path.Combine(temporaryFolder ?? Path.GetTempPath(), $"cagent-{user}-{hash}", "run"));
    }

    private bool Fits => Encoding.UTF8.GetByteCount(Path.Combine(Folder, "control.sock")) <= MaxPathBytes;
}
