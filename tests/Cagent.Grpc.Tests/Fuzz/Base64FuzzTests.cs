// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Cagent.Grpc.Web;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Fuzz;

/// <summary>The bodies of gRPC-Web in text.</summary>
public class Base64FuzzTests
{
    private static readonly string[] s_parts =
        ["A", "z", "9", "+", "/", "=", "==", "AAAA", "QQ==", "QR==", "QUI=", "QUJD", "AAAAAAAA", " ", "\n", "\r\n", "\t", "-", "_", "\0", "ÿ", "===="];

    [Fact]
    public void Read_AnyBodyInAnyPieces_GivesWhatTheReferenceGives() => Fuzzing.Run(
        Fuzzing.Base64,
        Make,
        WireCase.Smaller,
        one =>
        {
            byte[]? read = null;
            Fuzzing.Within(64 * 1024, () => read = Fuzzing.Now(ReadAllAsync(one)));

            Assert.Equal(ReferenceBase64.DecodePieces(Encoding.Latin1.GetString(one.Bytes)), read);
        });

    private static WireCase Make(CaseRandom random)
    {
        string body = random.OneIn(2)
            ? string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => Convert.ToBase64String(random.Bytes(random.Next(12)))))
            : random.Text(8, s_parts);
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        int[] cuts = [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(bytes.Length + 1)).Order()];
        return new WireCase(bytes, cuts);
    }

    /// <summary>All bytes; null when the reader refuses them.</summary>
    private static async Task<byte[]?> ReadAllAsync(WireCase one)
    {
        Base64RequestReader reader = new(PiecesStream.Read(one));
        try
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
        catch (RpcException e) when (e.StatusCode == StatusCode.Internal)
        {
            return null;
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }
}
