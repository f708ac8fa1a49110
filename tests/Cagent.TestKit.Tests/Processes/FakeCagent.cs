// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.TestKit.Files;
using Cagent.TestKit.Processes;

namespace Cagent.TestKit.Tests.Processes;

/// <summary>A shell script that takes Cagent's arguments and keeps its promises: the ready line and file, and exit 0 on SIGTERM.</summary>
internal sealed class FakeCagent : IDisposable
{
    private const string Head = """
        #!/bin/sh
        while [ $# -gt 0 ]; do
          case $1 in
            --policy) policy=$2; shift ;;
            --state) state=$2; shift ;;
            --listen) listen=$2; shift ;;
          esac
          shift
        done

        """;

    private const string Ready = """
        sleep 300 &
        trap 'kill $!; echo bye; exit 0' TERM
        echo "policy $(cat "$policy")"
        echo "secret $CANARY" >&2
        touch "$state/ready"
        echo "ready $listen"
        wait

        """;

    private readonly TemporaryFolder _folder = new();

    public FakeCagent(string body = Ready)
    {
        Path = _folder.Combine("cagent");
        File.WriteAllText(Path, Head + body);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public CagentOptions Options => new()
    {
        Policy = "version: 1",
        Executable = Path,
        Envoy = "/bin/true",
        Environment = ImmutableDictionary<string, string>.Empty.Add("CANARY", "canary-secret-1"),
    };

    public void Dispose() => _folder.Dispose();
}
