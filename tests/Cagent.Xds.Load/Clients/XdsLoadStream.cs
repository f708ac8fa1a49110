// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.LoadClient;
using Cagent.Xds.Load.States;

namespace Cagent.Xds.Load.Clients;

/// <summary>A lean xDS client: ACKs each response at once, and tells its fleet when it has all resources of a round.</summary>
internal sealed class XdsLoadStream(Fleet fleet, bool isDelta) : LoadStream
{
    private const int MaxAck = 256;
    private static readonly byte[] s_typeUrl = Encoding.ASCII.GetBytes(StateSource.TypeUrl);
    private ResponseScanner _scanner = new();
    private int _round;
    private int _resources;

    public override void OnBody(LoadConnection connection, ReadOnlySpan<byte> bytes)
    {
        fleet.Capture(this, bytes);
        Span<byte> ack = stackalloc byte[MaxAck];
        while (_scanner.Read(ref bytes))
        {
            int length = Requests.WriteAck(isDelta, _scanner, s_typeUrl, ack);
            connection.Send(this, ack[..length]);
            Count(_scanner.Resources);
        }
    }

    public override void OnEnd(LoadConnection connection) => fleet.Fail("The peer ended a stream.");

    private void Count(int resources)
    {
        (int round, int expected) = fleet.Round;
        if (round != _round)
        {
            _round = round;
            _resources = 0;
        }

        int before = _resources;
        _resources += resources;
        fleet.NoteResponse(resources);
        if (before < expected && _resources >= expected)
        {
            fleet.Signal();
        }
    }
}
