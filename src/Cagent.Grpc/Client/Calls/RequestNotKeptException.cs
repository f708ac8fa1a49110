// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Client.Calls;

/// <summary>The transport asked for a request body again that is not there any more.</summary>
internal sealed class RequestNotKeptException(string message) : IOException(message);
