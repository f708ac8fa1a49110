// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>Writes the response messages of a call.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
