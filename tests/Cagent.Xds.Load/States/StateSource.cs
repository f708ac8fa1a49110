// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Google.Protobuf;

namespace Cagent.Xds.Load.States;

/// <summary>
/// Clusters of one size whose content can be changed one by one or all at once, as the body of <c>POST /state</c>. The
/// random half of the padding is what changes, as far as the size allows.
/// </summary>
internal sealed class StateSource
{
    public const string TypeUrl = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    private const int NameField = 1;
    private const int AltStatNameField = 28;
    private readonly int[] _generations;
    private readonly int _size;
    private readonly Random _random = new(1);

    public StateSource(int count, int size)
    {
        _generations = new int[count];
        _size = size;
    }

    public int Count => _generations.Length;

    public void ChangeOne() => _generations[_random.Next(Count)]++;

    public void ChangeAll()
    {
        for (int i = 0; i < Count; i++)
        {
            _generations[i]++;
        }
    }

    public byte[] Write()
    {
        StringBuilder json = new($$"""{"node":"*","resources":{"{{TypeUrl}}":[""");
        for (int i = 0; i < Count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"cluster-{i:d6}.example");
            json.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"name":"{{name}}","version_hint":"{{_generations[i]}}","any":"{{Any(name, _generations[i])}}"}""");
        }

        return Encoding.UTF8.GetBytes(json.Append("]}}").ToString());
    }

    private string Any(string name, int generation)
    {
        string padding = string.Create(CultureInfo.InvariantCulture, $"generation-{generation}-");
        byte[] cluster = Message(output =>
        {
            String(output, NameField, name);
            String(output, AltStatNameField, padding.PadRight(Math.Max(padding.Length, _size - name.Length - 6), 'x'));
        });
        return Convert.ToBase64String(Message(output =>
        {
            String(output, 1, TypeUrl);
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(cluster));
        }));
    }

    private static void String(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
