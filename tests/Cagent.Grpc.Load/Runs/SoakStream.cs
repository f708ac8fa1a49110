// SPDX-License-Identifier: Apache-2.0
using Cagent.LoadClient;

namespace Cagent.Grpc.Load.Runs;

/// <summary>A subscription that counts whole messages; its end is a failure.</summary>
internal sealed class SoakStream(SoakTally tally, int messageSize) : LoadStream
{
    private long _messages;

    public override void OnData(LoadConnection connection, int count)
    {
        long messages = (Received - GrpcFrame.HeaderSize) / messageSize;
        if (messages > _messages)
        {
            tally.OnMessages(messages - _messages);
            _messages = messages;
        }
    }

    public override void OnEnd(LoadConnection connection) => tally.Fail("A subscription ended.");
}
