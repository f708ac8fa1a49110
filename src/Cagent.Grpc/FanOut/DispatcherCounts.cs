// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Grpc.FanOut;

/// <summary>A moment's reading of a <see cref="Dispatcher"/>.</summary>
/// <param name="Streams">Streams that are attached.</param>
/// <param name="Waiting">Streams that wait for a worker.</param>
/// <param name="Writing">Streams that hold a worker.</param>
/// <param name="Slow">Streams whose client did not read in time and that hold no worker.</param>
/// <param name="Written">Messages handed to connections so far.</param>
/// <param name="Replaced">Messages that a newer one replaced before they were begun, so far.</param>
/// <param name="Failed">Streams that ended by themselves so far: client gone, or reset because it did not read.</param>
public readonly record struct DispatcherCounts(int Streams, int Waiting, int Writing, int Slow, long Written, long Replaced, long Failed);
