// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Dns;

/// <summary>Response codes by their number on the wire.</summary>
public enum DnsCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}
