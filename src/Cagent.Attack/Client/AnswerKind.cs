// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack.Client;

/// <summary>What came back. The default value is the one that proves least.</summary>
internal enum AnswerKind
{
    /// <summary>Nothing within the time limit.</summary>
    Silence,

    /// <summary>The proxy itself could not be reached.</summary>
    NoProxy,

    /// <summary>The connection ended without a byte.</summary>
    Closed,

    /// <summary>A TLS alert.</summary>
    Alert,

    /// <summary>TLS that goes on: somebody took the ClientHello.</summary>
    Tls,

    /// <summary>An HTTP response.</summary>
    Http,

    /// <summary>Bytes that are none of these.</summary>
    Bytes,
}
