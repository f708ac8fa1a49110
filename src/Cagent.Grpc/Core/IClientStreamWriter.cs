// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>Writes the request messages of a call.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Ends the request stream; the response may go on.</summary>
    /// <returns>Completes when the end is handed to the connection.</returns>
    Task CompleteAsync();
}
