// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Http2.Hpack;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>Keeps what a decoder finds.</summary>
internal sealed class FieldList : IHeaderSink
{
    public List<HeaderField> Fields { get; } = [];

    public void Add(HeaderField field) => Fields.Add(field);
}
