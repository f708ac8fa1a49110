// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.Grpc.Server;
using Cagent.Grpc.Wire;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cagent.Grpc.Tests.Fuzz;

public class MetadataFuzzTests
{
    private static readonly string[] s_names =
        ["a", "A-b.c_1", "x-bin", "X-Bin", "-bin", "bin", "grpc-status", "GRPC-Foo", "grpc-status-details-bin", "content-type", ":path", "te", "a b", "", "ü", "a\0", "grpc-x-bin", "user-agent", "\u212a"];

    private static readonly string[] s_parts =
        ["A", "z", "9", "+", "/", "=", "==", "===", "AAAA", "QQ==", "QR==", "QUI", "QUJD", ",", ", ", ",,", " ", "    ", "\t", "\n", "-", "_", "\0", "ÿ", "☺", "text"];

    private static readonly HashSet<string> s_reserved = ["content-type", "te"];

    [Fact]
    public void Decode_AnyHeader_ReadsWhatTheReferenceReads() => Fuzzing.Run(
        Fuzzing.MetadataDecode,
        random => (Name: random.Pick(s_names), Value: random.Text(8, s_parts)),
        header => Fuzzing.Smaller(header.Value).Select(value => (header.Name, value)),
        header =>
        {
            Metadata metadata = [];
            bool isRefused = false;
            Fuzzing.Within(4096 + (64 * header.Value.Length), () =>
            {
                try
                {
                    MetadataCodec.Decode(header.Name, new StringValues(header.Value), metadata);
                }
                catch (FormatException)
                {
                    isRefused = true;
                }
            });
            List<string>? expected = Reference(header.Name, header.Value);
            Assert.Equal(expected is null, isRefused);
            if (expected is not null)
            {
                Assert.Equal(expected, metadata.Select(Text));
            }
        });

    [Fact]
    public void Headers_OfAnyMetadataInAnyForm_AreReadBack() => Fuzzing.Run(
        Fuzzing.MetadataRoundTrip,
        random => (Entries: Enumerable.Range(0, random.Next(5)).Select(_ => Entry(random)).ToArray(), Form: random.Next(4)),
        one => Enumerable.Range(0, one.Entries.Length).Select(i => (one.Entries.Where((_, index) => index != i).ToArray(), one.Form)),
        one =>
        {
            Metadata sent = [.. one.Entries];
            HeaderDictionary headers = new();
            Metadata received = [];
            Fuzzing.Within(64 * 1024, () =>
            {
                HeaderMetadata.Write(sent, headers);
                foreach (string name in headers.Keys)
                {
                    Assert.All(headers[name], value => Assert.DoesNotContain(value!, c => c is < ' ' or > '~'));
                    if (name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
                    {
                        headers[name] = Retell(headers[name], one.Form);
                    }
                }

                received = HeaderMetadata.Read(headers);
            });

            // Values of one key keep their order; keys among each other need not.
            Assert.Equal(sent.GroupBy(entry => entry.Key).Select(Group).Order(), received.GroupBy(entry => entry.Key).Select(Group).Order());
        });

    private static string Group(IGrouping<string, Metadata.Entry> entries) => string.Join("; ", entries.Select(Text));

    private static string Text(Metadata.Entry entry) => $"{entry.Key}={(entry.IsBinary ? Convert.ToHexString(entry.ValueBytes) : $"'{entry.Value}'")}";

    /// <summary>What other senders and proxies make of the values of a binary header: padded, joined, both.</summary>
    private static StringValues Retell(StringValues values, int form)
    {
        string[] told = [.. values.Select(value => form is 1 or 3 ? value! + new string('=', (4 - (value!.Length % 4)) % 4) : value!)];
        return form is 2 or 3 ? new StringValues(string.Join(form == 2 ? "," : ", ", told)) : new StringValues(told);
    }

    private static Metadata.Entry Entry(CaseRandom random)
    {
        string key = random.Pick(["a", "b.c_d-1", "user-agent", "x"]);
        return random.OneIn(2)
            ? new Metadata.Entry(key + "-bin", random.Bytes(random.Next(10)))
            : new Metadata.Entry(key, string.Concat(random.Bytes(random.Next(10)).Select(b => (char)(' ' + (b % 95)))));
    }

    /// <summary>The entries of a header; null when it is to be refused.</summary>
    private static List<string>? Reference(string name, string value)
    {
        // U+212A, the Kelvin sign, has a lower-case form in ASCII, but no such byte can be in a name.
        string key = name.ToLowerInvariant();
        bool isKey = key.Length > 0 && Encoding.ASCII.GetBytes(key).All(b => b is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_' or (byte)'.');
        bool isReserved = s_reserved.Contains(key) || (key.StartsWith("grpc-", StringComparison.Ordinal) && key != "grpc-status-details-bin");
        if (!isKey || isReserved)
        {
            return [];
        }

        if (!key.EndsWith("-bin", StringComparison.Ordinal))
        {
            return [$"{key}='{value}'"];
        }

        List<string> entries = [];
        foreach (string part in value.Split(','))
        {
            if (ReferenceBase64.Decode(part.Trim()) is not { } bytes)
            {
                return null;
            }

            entries.Add($"{key}={Convert.ToHexString(bytes)}");
        }

        return entries;
    }
}
