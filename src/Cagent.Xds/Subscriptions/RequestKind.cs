// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Subscriptions;

/// <summary>What a request is, decided by nonce and error only (section 4 of the protocol notes).</summary>
internal enum RequestKind
{
    /// <summary>The first of its type on the stream; its nonce is ignored.</summary>
    First,

    /// <summary>A nonce that is not waiting for an answer: only its subscription changes count.</summary>
    Stale,

    /// <summary>No nonce: subscription changes.</summary>
    Spontaneous,

    /// <summary>The response was accepted.</summary>
    Ack,

    /// <summary>The response was rejected.</summary>
    Nack,
}
