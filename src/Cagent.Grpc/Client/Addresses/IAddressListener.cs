// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Grpc.Core;

namespace Cagent.Grpc.Client.Addresses;

/// <summary>Takes what a resolver finds. Thread-safe.</summary>
internal interface IAddressListener
{
    void OnAddresses(ImmutableArray<EndPoint> addresses);

    void OnFailure(Status status);
}
