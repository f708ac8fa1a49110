// SPDX-License-Identifier: Apache-2.0
using BenchmarkDotNet.Attributes;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.Extensions.Primitives;

namespace Cagent.Benchmarks.Grpc;

/// <summary>Metadata between headers and entries.</summary>
public class MetadataBenchmarks
{
    private static readonly Metadata.Entry s_text = new("x-agent", "builder");
    private static readonly Metadata.Entry s_binary = new("x-agent-bin", new byte[64]);
    private readonly StringValues _text = MetadataCodec.EncodeValue(s_text);
    private readonly StringValues _binary = MetadataCodec.EncodeValue(s_binary);

    /// <summary>A text value.</summary>
    [Benchmark]
    public string EncodeText() => MetadataCodec.EncodeValue(s_text);

    /// <summary>A binary value.</summary>
    [Benchmark]
    public string EncodeBinary() => MetadataCodec.EncodeValue(s_binary);

    /// <summary>Both kinds.</summary>
    [Benchmark]
    public int Decode()
    {
        var metadata = new Metadata();
        MetadataCodec.Decode("x-agent", _text, metadata);
        MetadataCodec.Decode("x-agent-bin", _binary, metadata);
        return metadata.Count;
    }
}
