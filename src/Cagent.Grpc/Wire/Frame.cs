// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Cagent.Grpc.Wire;

/// <summary>One length-prefixed message in the buffers it arrived in.</summary>
internal readonly record struct Frame(bool IsCompressed, ReadOnlySequence<byte> Payload);
