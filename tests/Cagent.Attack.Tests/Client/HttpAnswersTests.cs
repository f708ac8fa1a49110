// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Attack.Client;
using Cagent.TestKit.Generation;

namespace Cagent.Attack.Tests.Client;

public sealed class HttpAnswersTests
{
    private const string Denial = "HTTP/1.1 403 Forbidden\r\nx-cagent-denied: host_not_allowed\r\ncontent-length: 44\r\n\r\n{\"error\":\"denied\",\"reason\":\"host_not_allowed\"";
    private const string Chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n2;x=y\r\nef\r\n0\r\nx-trailer: 1\r\n\r\n";

    [Fact]
    public async Task Read_SplitAtEveryOffset_IsTheSame()
    {
        foreach (string text in (string[])["HTTP/1.1 100 Continue\r\n\r\n" + Chunked, Denial + "}"])
        {
            byte[] bytes = Encoding.Latin1.GetBytes(text);
            Answer whole = await ReadAsync(bytes);
            for (int cut = 1; cut < bytes.Length; cut++)
            {
                Answer split = await ReadAsync(bytes[..cut], bytes[cut..]);
                Assert.Equal((whole.Kind, whole.Status, whole.Denied, whole.Shown), (split.Kind, split.Status, split.Denied, split.Shown));
            }
        }
    }

    [Fact]
    public async Task Read_Chunks_AreOneBody()
    {
        Answer answer = await ReadAsync(Encoding.Latin1.GetBytes(Chunked));

        Assert.Equal((200, "abcdef", true), (answer.Status, Encoding.Latin1.GetString(answer.Body.Span), answer.IsFromUpstream));
    }

    [Theory]
    [InlineData("", "Closed")]
    [InlineData("\u0015\u0003\u0003\0\u0002\u0002\u0070", "Alert")]
    [InlineData("\u0016\u0003\u0003\0\u007a\u0002", "Tls")]
    [InlineData("SSH-2.0-x\r\n\r\n", "Bytes")]
    [InlineData("HTTP/1.1 20", "Bytes")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", "Bytes")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", "Bytes")]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "Bytes")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nto the end", "Http")]
    public async Task Read_WhateverComes_IsAnAnswer(string bytes, string kind) => Assert.Equal(kind, $"{(await ReadAsync(Encoding.Latin1.GetBytes(bytes))).Kind}");

    [Fact]
    public async Task ReadToEnd_TwoResponses_AreCounted()
    {
        WireConnection connection = Connection(Encoding.Latin1.GetBytes("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n" + Chunked));

        Answer answer = await HttpAnswers.ReadToEndAsync(connection, "GET", CancellationToken.None);

        Assert.Equal((400, 2, true), (answer.Status, answer.Responses, answer.HasSuccess));
        Assert.Equal(AttackVerdict.Failed, Expectation.NoHttp.Judge(answer));
    }

    [Fact]
    public void Read_AnyBytes_IsAnAnswer() => PropertyTest.Holds(
        PropertyTest.Tokens(12, "HTTP/1.1 ", "200", " OK", "\r\n", "\r\n\r\n", "content-length: ", "3", "-", "transfer-encoding: chunked", "ffffffff", "a", "\0", "x-cagent-denied: x", "{\"error\":", "\"refused\"}"),
        text => ReadAsync(Encoding.Latin1.GetBytes(text)).IsCompletedSuccessfully,
        2_000);

    private static Task<Answer> ReadAsync(params byte[][] pieces) => HttpAnswers.ReadAsync(Connection(pieces), "GET", CancellationToken.None);

    private static WireConnection Connection(params byte[][] pieces) => new(new PiecesStream(pieces), TimeSpan.FromSeconds(10), new ReceivedBytes(null));
}
