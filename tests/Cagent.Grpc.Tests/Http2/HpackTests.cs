// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Cagent.Grpc.Http2;
using Cagent.Grpc.Http2.Hpack;
using Cagent.Grpc.Tests.Fuzz;

namespace Cagent.Grpc.Tests.Http2;

/// <summary>The HPACK decoder with the examples of RFC 7541, appendix C, and at its bounds.</summary>
public class HpackTests
{
    private const string Date1 = "date: Mon, 21 Oct 2013 20:13:21 GMT";
    private const string Date2 = "date: Mon, 21 Oct 2013 20:13:22 GMT";
    private const string Location = "location: https://www.example.com";
    private const string Cookie = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    // Lowers the table to the 256 bytes of the examples in C.5 and C.6, so that fields are evicted.
    private const string TableOf256 = "3fe101";

    private static readonly string[][] s_requests =
    [
        [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
        [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
        [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
    ];

    private static readonly string[][] s_responses =
    [
        [":status: 302", "cache-control: private", Date1, Location],
        [":status: 307", "cache-control: private", Date1, Location],
        [":status: 200", "cache-control: private", Date2, Location, "content-encoding: gzip", Cookie],
    ];

    [Fact]
    public void Decode_RequestsWithoutHuffman_AreC3() => Verify(
        s_requests,
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565");

    [Fact]
    public void Decode_RequestsWithHuffman_AreC4() => Verify(
        s_requests, "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf");

    [Fact]
    public void Decode_ResponsesWithoutHuffman_AreC5() => Verify(
        s_responses,
        TableOf256 + "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31");

    [Fact]
    public void Decode_ResponsesWithHuffman_AreC6() => Verify(
        s_responses,
        TableOf256 + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007");

    /// <summary>All 256 codes of appendix B, by the hash of their bits, one a line.</summary>
    [Fact]
    public void HuffmanCodes_AreThoseOfTheAppendix() => Assert.Equal(
        "a2fba21c9062783434ef5cdf4b40eb109d316e3e09e750d72c8601613cdafe18",
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', ReferenceHpack.Codes.Take(256))))));

    [Theory]
    [InlineData("an index of nothing", "80")]
    [InlineData("an index behind the tables", "be")]
    [InlineData("an integer without end", "ffffffffffffff")]
    [InlineData("a cut integer", "ff")]
    [InlineData("a cut name", "0005616263")]
    [InlineData("a cut value", "0001610561")]
    [InlineData("no value", "000161")]
    [InlineData("a length that nobody sends", "007fffffff0f61")]
    [InlineData("a table larger than allowed", "3fe21f")]
    [InlineData("a table size behind a field", "8220")]
    [InlineData("padding of zeros", "00816000")]
    [InlineData("padding of a byte", "0082ffff00")]
    [InlineData("the end of a string inside it", "0084ffffffff00")]
    public void Decode_Malformed_IsACompressionError(string what, string block)
    {
        Assert.NotEmpty(what);
        Http2ConnectionException e = Assert.Throws<Http2ConnectionException>(() => Decode(new HpackDecoder(), block));
        Assert.Equal(Cagent.Grpc.Http2.Http2ErrorCode.CompressionError, e.Code);
    }

    [Fact]
    public void Decode_TableOfNothingAndBack_ForgetsEverything()
    {
        HpackDecoder decoder = new();
        Assert.Equal(["a: b"], Decode(decoder, "4001610162"));
        Assert.Equal(["a: b"], Decode(decoder, "be"));
        Assert.Empty(Decode(decoder, "203fe11f"));
        Assert.Throws<Http2ConnectionException>(() => Decode(decoder, "be"));
    }

    /// <summary>4,000 bytes in the table, named by one byte each: the list's bound, not the block's size, must end it.</summary>
    [Fact]
    public void Decode_Bomb_StopsAtTheListsBound()
    {
        HpackDecoder decoder = new();
        byte[] plant = [0x40, 1, (byte)'a', 0x7f, .. new byte[] { 0xa1, 0x1e }, .. Enumerable.Repeat((byte)'b', 4000)];
        byte[] bomb = [.. Enumerable.Repeat((byte)0xbe, 16_000)];
        decoder.Decode(plant, new Cagent.Grpc.Http2.Streams.RequestHead(isTrailers: false));

        Fuzzing.Within(16 * 1024, () =>
        {
            Http2ConnectionException e = Assert.Throws<Http2ConnectionException>(
                () => decoder.Decode(bomb, new Cagent.Grpc.Http2.Streams.RequestHead(isTrailers: false)));
            Assert.Equal(Cagent.Grpc.Http2.Http2ErrorCode.ProtocolError, e.Code);
        });
    }

    private static void Verify(string[][] lists, params string[] blocks)
    {
        HpackDecoder decoder = new();
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.Equal(lists[i], Decode(decoder, blocks[i]));
        }
    }

    private static string[] Decode(HpackDecoder decoder, string block)
    {
        FieldList fields = new();
        decoder.Decode(Convert.FromHexString(block), fields);
        return [.. fields.Fields.Select(field => $"{field.Name}: {field.Value}")];
    }
}
