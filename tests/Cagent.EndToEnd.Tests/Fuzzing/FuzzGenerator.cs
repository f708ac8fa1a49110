// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.EndToEnd.Tests.Fuzzing;

/// <summary>
/// Requests as bytes: a head from parts that are each spelt well most of the time, a body framed well or badly, perhaps another request behind it, and
/// now and then a few bytes changed at random. One seed gives the same bytes in every run.
/// </summary>
internal sealed class FuzzGenerator(int seed, int webPort, int plainPort, int evilPort)
{
    private const string Behind = "GET /v1/secret/behind HTTP/1.1\r\nhost: {host}\r\n\r\n";

    // A request that is odd in every part is refused for the first of them: most have one oddity or two.
    private const int OddOf100 = 6;

    private static readonly string[] Methods = ["GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "PATCH"];
    private static readonly string[] OddMethods = ["OPTIONS", "TRACE", "get", "GeT", "GET\t", "FOO", "PRI", "", "G\0ET", "CONNECT"];
    private static readonly string[] OddVersions = ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.1 x", "HTTP/01.1", "", "HTTP/1.1\0"];
    private static readonly string[] Segments = ["v1", "v1", "v1", "a", "b", "x", "items", "secret"];
    private static readonly string[] OddSegments =
        ["V1", "", ".", "..", "%2e%2e", "%2E.", "..;x=1", ".;", "%2f", "a%2fsecret", "..%2fsecret", "%76%31", "sec%72et", "secret;p", "secret%3Bp", "secret%00", "secret%20", "a%5Cb",
         "v1\\secret", "%252e%252e", "%25", "%zz", "%", "caf\u00e9", "%c0%ae%c0%ae", "%u002e", "a b", "a\tb", "a#b", "a?b", "*", "\u0001", "\u007f", "~", "secret/."];

    private static readonly string[] Queries = ["", "", "", "", "?", "?q=1", "?q=2", "?q=3", "?x=/../secret", "?a=//b", "?%00", "?a b", "#f", "?q#f"];
    private static readonly string[] OddSeparators = [":", ":\t", " : ", "\t: ", ": \t ", ":\0 "];
    private static readonly string[] OddLineEnds = ["\n", "\r", "\r\r\n", "\r\n ", "\0\r\n"];

    private static readonly string[] Fields =
        ["x-cagent-agent: root", "x-cagent-source: root", "x-cagent-connect: api.example.com:443", "x-forwarded-host: evil.example.com", "x-forwarded-for: 127.0.0.1", "x-envoy-original-path: /v1/secret", "x-envoy-upstream-alt-stat-name: x",
         "x-original-url: /v1/secret", "x-rewrite-url: /v1/secret", "x-http-method-override: DELETE", "x-method-override: POST", "connection: host", "connection: authorization", "connection: close", "connection: keep-alive, upgrade",
         "upgrade: websocket", "upgrade: h2c", "http2-settings: AAMAAABkAAQAAP__", "expect: 100-continue", "expect: x", "te: trailers", "trailer: authorization", "authorization: Bearer mine", "Authorization : Bearer mine",
         "proxy-authorization: Basic eDp5", "proxy-connection: keep-alive", "via: 1.1 x", "forwarded: host=evil.example.com", ":path: /v1/secret", ":authority: evil.example.com", "host_: evil.example.com", "x_y: 1", "accept: */*", "cookie: a=b",
         "content-type: application/grpc", "max-forwards: 0", "keep-alive: timeout=5", "alt-svc: h3=\":443\"", "x-\u00e9: 1", "x: \u00e9", "range: bytes=0-1"];

    private static readonly string[] Framings =
        ["", "", "", "content-length: 4\r\n|abcd", "content-length: 0\r\n|", "transfer-encoding: chunked\r\n|4\r\nabcd\r\n0\r\n\r\n"];

    private static readonly string[] OddFramings =
        ["transfer-encoding: Chunked\r\n|4\r\nabcd\r\n0\r\n\r\n", "content-length: 4\r\n|abcdEXTRA", "content-length: 9\r\n|abcd",
         "content-length: 4\r\ntransfer-encoding: chunked\r\n|0\r\n\r\n", "transfer-encoding: chunked\r\ncontent-length: 4\r\n|0\r\n\r\n", "content-length: 4\r\ncontent-length: 5\r\n|abcd", "content-length: 4, 4\r\n|abcd", "content-length: +4\r\n|abcd",
         "content-length: 0x4\r\n|abcd", "content-length: -1\r\n|", "content-length: 4 \r\n|abcd", "transfer-encoding: xchunked\r\n|0\r\n\r\n", "transfer-encoding: chunked, identity\r\n|0\r\n\r\n", "transfer-encoding: identity\r\n|abcd",
         "transfer-encoding:\vchunked\r\n|0\r\n\r\n", "transfer-encoding: \"chunked\"\r\n|0\r\n\r\n", "transfer-encoding: chunked\r\n|4;x=y\r\nabcd\r\n0\r\n\r\n", "transfer-encoding: chunked\r\n|4\nabcd\n0\n\n", "transfer-encoding: chunked\r\n|0x4\r\nabcd\r\n0\r\n\r\n",
         "transfer-encoding: chunked\r\n|4\r\nabcdX\r\n0\r\n\r\n", "transfer-encoding: chunked\r\n|fffffffffffffffff\r\nabcd\r\n0\r\n\r\n", "transfer-encoding: chunked\r\n|0\r\nauthorization: Bearer t\r\nhost: evil.example.com\r\n\r\n", "transfer-encoding: chunked\r\n|0\r\n\r\n"];

    private readonly Random _random = new(seed);

    /// <summary>A request inside the tunnel to a host.</summary>
    public byte[] Inside(string host) => Mutate(Text(Spelling($"{host}:{webPort}"), target: null));

    /// <summary>A request at the proxy's door, mostly in absolute form.</summary>
    public byte[] AtTheDoor()
    {
        string authority = Spelling(Pick($"{FuzzDeployment.Plain}:{plainPort}", $"{FuzzDeployment.Plain}:{plainPort}", $"{FuzzDeployment.Rules}:{webPort}", $"{FuzzDeployment.Evil}:{evilPort}", $"127.0.0.1:{evilPort}", $"[::ffff:7f00:1]:{evilPort}", $"2130706433:{evilPort}"));
        string scheme = Mostly(["http://"], ["HTTP://", "https://", "ftp://", "", "//", "http:/", "http:\\\\"]);
        return Mutate(Text(Pick(authority, authority, authority, Spelling($"{FuzzDeployment.Plain}:{plainPort}"), Spelling($"{FuzzDeployment.Evil}:{evilPort}")), scheme + authority));
    }

    /// <summary>A CONNECT, mostly to what is not allowed.</summary>
    public byte[] Connect()
    {
        string target = Spelling(Pick($"{FuzzDeployment.Evil}:{evilPort}", $"{FuzzDeployment.Evil}:{evilPort}", $"{FuzzDeployment.Rules}:{evilPort}", $"127.0.0.1:{evilPort}", $"localhost:{evilPort}", $"[::1]:{evilPort}", $"{FuzzDeployment.Rules}:{webPort}@{FuzzDeployment.Evil}:{evilPort}"));
        return Mutate($"CONNECT {target} {Mostly(["HTTP/1.1"], OddVersions)}{Mostly(["\r\n"], OddLineEnds)}host{Mostly([": "], OddSeparators)}{Pick(target, target, $"{FuzzDeployment.Rules}:{webPort}")}\r\n{Field()}\r\nGET /v1/early HTTP/1.1\r\nhost: {FuzzDeployment.Evil}\r\n\r\n");
    }

    private string Text(string host, string? target)
    {
        string[] framing = Mostly(Framings, OddFramings).Split('|');
        StringBuilder text = new();
        text.Append(_random.Next(50) == 0 ? "\r\n" : "").Append(Mostly(Methods, OddMethods)).Append(_random.Next(60) == 0 ? "  " : ' ')
            .Append(_random.Next(40) == 0 ? Pick("*", "", "/", "?", "http://evil.example.com/", "//evil.example.com/v1/a") : target + Path())
            .Append(_random.Next(60) == 0 ? '\t' : ' ').Append(Mostly(["HTTP/1.1"], OddVersions)).Append(Mostly(["\r\n"], OddLineEnds));
        for (int hosts = Mostly([1], [0, 2]); hosts > 0; hosts--)
        {
            text.Append(Pick("host", "host", "Host", "HOST", "hOst")).Append(Mostly([": "], OddSeparators)).Append(hosts == 2 ? FuzzDeployment.Evil : host).Append(Mostly(["\r\n"], OddLineEnds));
        }

        for (int more = Pick(0, 0, 0, 1, 2); more > 0; more--)
        {
            text.Append(Field());
        }

        return text.Append(framing[0]).Append("\r\n").Append(framing.ElementAtOrDefault(1))
            .Append(_random.Next(3) == 0 ? Behind.Replace("{host}", host, StringComparison.Ordinal) : "").ToString();
    }

    private string Field() => Pick(Fields).Replace(": ", Mostly([": "], OddSeparators), StringComparison.Ordinal) + Mostly(["\r\n"], OddLineEnds);

    private string Path() => "/" + string.Join('/', Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Mostly(Segments, OddSegments))) + Pick(Queries);

    private string Spelling(string authority)
    {
        string[] parts = authority.Split(':');
        return _random.Next(100) >= 2 * OddOf100 ? authority : Pick(
            authority.ToUpperInvariant(), $"{parts[0]}.:{parts[^1]}", $"{parts[0]}..:{parts[^1]}", $"user@{authority}", $"{authority}@{FuzzDeployment.Evil}:{evilPort}", $"{FuzzDeployment.Evil}:{evilPort}@{authority}", $"{FuzzDeployment.Evil}\0.{authority}",
            $"{FuzzDeployment.Evil}#{authority}", $"{FuzzDeployment.Evil}:{evilPort}/{authority}", $"{FuzzDeployment.Evil}?{authority}", $"{parts[0]}:0{parts[^1]}", $"{parts[0]}: {parts[^1]}", $" {authority}", $"{authority} ", $"{parts[0]}", $"x.{authority}", $"%61{authority}",
            $"{authority}:{parts[^1]}", $"{authority}, {FuzzDeployment.Evil}", $"[{parts[0]}]:{parts[^1]}", $"{parts[0]}\t:{parts[^1]}", $"{parts[0]}\u00ad:{parts[^1]}", $"{parts[0].Replace(".", "\u3002", StringComparison.Ordinal)}:{parts[^1]}", "");
    }

    // A few bytes taken out, put in or changed.
    private byte[] Mutate(string text)
    {
        List<byte> bytes = [.. Encoding.Latin1.GetBytes(text)];
        for (int changes = Pick(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 5); changes > 0; changes--)
        {
            int at = _random.Next(bytes.Count);
            switch (_random.Next(3))
            {
                case 0:
                    bytes.RemoveAt(at);
                    break;
                case 1:
                    bytes.Insert(at, (byte)Pick('\0', '\r', '\n', ' ', '\t', ':', '/', '\\', '%', ';', '.', '@', '\u00ff', (char)_random.Next(256)));
                    break;
                default:
                    bytes[at] = (byte)_random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    private T Mostly<T>(T[] usual, T[] odd) => Pick(_random.Next(100) < OddOf100 ? odd : usual);

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];
}
