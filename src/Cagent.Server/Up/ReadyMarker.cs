// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Admin;
using Cagent.ControlPlane.Unix;

namespace Cagent.Server.Up;

/// <summary>The file <c>STATE/ready</c>, and the health of the admin API: both say whether agents can use the proxy, for programs that cannot read our output.</summary>
internal sealed class ReadyMarker(string stateFolder, AdminApi api)
{
    private readonly string _path = Path.Combine(stateFolder, "ready");

    public void Set(string proxy)
    {
        AtomicFile.Write(_path, Encoding.UTF8.GetBytes(proxy + "\n"));
        api.SetReady(true);
    }

    public void Clear()
    {
        // Also when somebody deleted the whole folder: that is reported elsewhere, and this is on the way out.
        if (File.Exists(_path))
        {
            File.Delete(_path);
        }

        api.SetReady(false);
    }
}
