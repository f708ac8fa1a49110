// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.IO.Pipelines;
using Cagent.Grpc.Wire;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Wire;

public class MessageReaderTests
{
    [Fact]
    public async Task Read_DeliveredInTwoPartsAtEveryOffset_YieldsEveryMessage()
    {
        byte[] wire = [.. Frame("one"), .. Frame(""), .. Frame("three")];
        for (int split = 0; split <= wire.Length; split++)
        {
            Pipe pipe = new();
            MessageReader reader = new(pipe.Reader, 100, acceptsCompressed: false);
            await pipe.Writer.WriteAsync(wire.AsMemory(0, split));
            Task<List<string>> reading = ReadAllAsync(reader);
            await pipe.Writer.WriteAsync(wire.AsMemory(split));
            await pipe.Writer.CompleteAsync();

            Assert.Equal(["one", "", "three"], await reading);
        }
    }

    [Fact]
    public async Task Read_AfterAProtocolError_FailsTheSameWay()
    {
        Pipe pipe = new();
        MessageReader reader = new(pipe.Reader, 4, acceptsCompressed: false);
        await pipe.Writer.WriteAsync(Frame("too long"));

        for (int i = 0; i < 2; i++)
        {
            RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await reader.ReadAsync(Text, CancellationToken.None));
            Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        }
    }

    [Fact]
    public async Task Read_MessageLargerThanThePipe_DoesNotStall()
    {
        // The pipe stops its writer at 64 bytes until bytes are examined, as a stream window does.
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 64, resumeWriterThreshold: 32));
        MessageReader reader = new(pipe.Reader, 10_000, acceptsCompressed: false);
        byte[] wire = Frame(new string('x', 5000));
        Task<string?> reading = reader.ReadAsync(Text, CancellationToken.None).AsTask();
        foreach (byte[] part in wire.Chunk(50))
        {
            await pipe.Writer.WriteAsync(part).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(5000, (await reading.WaitAsync(TimeSpan.FromSeconds(20)))!.Length);
    }

    private static async Task<List<string>> ReadAllAsync(MessageReader reader)
    {
        List<string> messages = [];
        while (await reader.ReadAsync(Text, CancellationToken.None) is { } message)
        {
            messages.Add(message);
        }

        return messages;
    }

    private static string Text(DeserializationContext context) => Marshallers.StringMarshaller.ContextualDeserializer(context);

    private static byte[] Frame(string text)
    {
        byte[] frame = new byte[5 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), text.Length);
        System.Text.Encoding.ASCII.GetBytes(text, frame.AsSpan(5));
        return frame;
    }
}
