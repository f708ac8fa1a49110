// SPDX-License-Identifier: Apache-2.0
namespace Cagent.LoadClient;

/// <summary>One call as the generator sees it: a number of body bytes and an end. Called on the connection's reading thread.</summary>
internal abstract class LoadStream
{
    public int Id { get; set; }

    /// <summary>Body bytes since <see cref="Id"/> was given, frame headers of gRPC included.</summary>
    public long Received { get; set; }

    /// <summary>Bytes that the peer has not got credit for again.</summary>
    public int Uncredited { get; set; }

    /// <summary>A piece of the body, for a stream that understands it; others count.</summary>
    public virtual void OnBody(LoadConnection connection, ReadOnlySpan<byte> bytes) => OnData(connection, bytes.Length);

    public virtual void OnData(LoadConnection connection, int count)
    {
    }

    public virtual void OnEnd(LoadConnection connection)
    {
    }
}
