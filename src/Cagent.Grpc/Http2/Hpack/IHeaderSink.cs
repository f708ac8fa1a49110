// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Http2.Hpack;

/// <summary>Takes the fields of a header block in their order.</summary>
internal interface IHeaderSink
{
    /// <exception cref="Http2ConnectionException">The list is larger than allowed, or the field has no place there.</exception>
    void Add(HeaderField field);
}
