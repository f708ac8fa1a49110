// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Cagent.Grpc.Tests.Hosting;
using Cagent.Grpc.Web;
using Cagent.TestKit.Generation;
using FsCheck.Fluent;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Web;

public class Base64RequestReaderTests
{
    [Fact]
    public async Task Read_SplitAtEveryOffset_GivesTheSameBytes()
    {
        byte[] body = Encoding.ASCII.GetBytes("AQ==AgMEBQYHCAk=Cg==");
        for (int split = 0; split <= body.Length; split++)
        {
            Pipe wire = new();
            Base64RequestReader reader = new(wire.Reader);
            await wire.Writer.WriteAsync(body.AsMemory(0, split));
            Task<byte[]> read = ReadAllAsync(reader);
            await wire.Writer.WriteAsync(body.AsMemory(split));
            await wire.Writer.CompleteAsync();

            Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], await read.WaitAsync(TestHost.Patience));
        }
    }

    [Fact]
    public async Task Read_CutInsideAQuad_IsAnErrorAtTheEnd()
    {
        byte[] body = Encoding.ASCII.GetBytes("AQIDBAUG");
        foreach (int length in new[] { 1, 2, 3, 5, 6, 7 })
        {
            RpcException e = await Assert.ThrowsAsync<RpcException>(
                () => ReadAllAsync(new Base64RequestReader(PipeReader.Create(new ReadOnlySequence<byte>(body, 0, length)))));
            Assert.Equal(StatusCode.Internal, e.StatusCode);
        }
    }

    /// <summary>It was skipped where the decoder got enough at once, and refused where a read ended in between.</summary>
    [Theory]
    [InlineData("AQID\r\n\r\nBAUG")]
    [InlineData("AQ  ID  BAUG")]
    public async Task Read_WithWhiteSpace_IsRefusedHoweverItArrives(string text)
    {
        byte[] body = Encoding.ASCII.GetBytes(text);
        for (int split = 0; split <= body.Length; split++)
        {
            Pipe wire = new();
            await wire.Writer.WriteAsync(body.AsMemory(0, split));
            Task<byte[]> read = ReadAllAsync(new Base64RequestReader(wire.Reader));
            await wire.Writer.WriteAsync(body.AsMemory(split));
            await wire.Writer.CompleteAsync();

            await Assert.ThrowsAsync<RpcException>(() => read.WaitAsync(TestHost.Patience));
        }
    }

    [Fact]
    public void Read_AnyPieces_GivesTheirBytes() => PropertyTest.Holds(
        Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b))),
        pieces =>
        {
            string body = string.Concat(pieces.Select(Convert.ToBase64String));
            Assert.Equal(pieces.SelectMany(piece => piece), ReadNow(body));
        },
        count: 2000);

    [Fact]
    public void Read_Anything_GivesBytesOrTheDocumentedError() => PropertyTest.Holds(
        PropertyTest.Tokens(12, "A", "/", "+", "=", "==", "AAAA", "QQ==", " ", "\n", "-", "\0", "ÿ"),
        body =>
        {
            Exception? e = Record.Exception(() => ReadNow(body));
            Assert.True(e is null or RpcException { StatusCode: StatusCode.Internal }, e?.ToString());
        });

    private static byte[] ReadNow(string body)
    {
        Task<byte[]> read = ReadAllAsync(new Base64RequestReader(PipeReader.Create(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(body)))));
        Assert.True(read.IsCompleted);
        return read.GetAwaiter().GetResult();
    }

    private static async Task<byte[]> ReadAllAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            if (result.IsCompleted)
            {
                return result.Buffer.ToArray();
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
