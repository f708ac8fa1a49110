// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Cagent.Grpc.Load.Checks;

/// <summary>The policy of a case. All names are of one length, so that all answers are; 10,000 entries fit into the largest file that is read.</summary>
internal static class CheckPolicy
{
    public static string HostOf(int entry) => string.Create(CultureInfo.InvariantCulture, $"h{entry:D5}.example.com");

    public static string Text(int entries) => "version: 1\ndomains:\n" + string.Concat(Enumerable.Range(0, entries).Select(entry =>
        $"- domain: {HostOf(entry)}\n  allow: [\"GET /v1/**\", \"POST /v1/*/items\"]\n  deny: [\"* /v1/secret/**\"]\n"));
}
