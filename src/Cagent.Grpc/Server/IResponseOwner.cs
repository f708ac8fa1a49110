// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.Server;

/// <summary>What the response writer needs of its call.</summary>
internal interface IResponseOwner
{
    /// <summary>Sends RST_STREAM.</summary>
    void Reset(int errorCode);

    /// <summary>The client did not read in time: resets the stream, which cancels the call.</summary>
    void OnWriteTimeout();

    /// <summary>The stream does not take bytes any more: notes that and makes the exception to throw.</summary>
    OperationCanceledException StreamIsGone(Exception? cause);

    /// <summary>The exception for a write to a call that is over.</summary>
    Exception WriteAfterEnd();
}
