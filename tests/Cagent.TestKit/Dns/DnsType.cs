// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Dns;

/// <summary>Record types by their number on the wire; any other number may occur too.</summary>
public enum DnsType
{
    None = 0,
    A = 1,
    Ns = 2,
    Cname = 5,
    Null = 10,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
    Svcb = 64,
    Https = 65,
    Any = 255,
}
