// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.EnvoyApi.Tests;

/// <summary>Sets every field of a message to something that is not its default.</summary>
/// <param name="variant">Which member of each oneof is set, counted from 0 and round.</param>
internal sealed class MessageFiller(int variant)
{
    // Some messages contain themselves: a policy condition, for example.
    private const int MaxDepth = 4;

    public IMessage Fill(MessageDescriptor type) => Fill(type, depth: 0);

    private IMessage Fill(MessageDescriptor type, int depth)
    {
        IMessage message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            if (IsWanted(field))
            {
                Set(message, field, depth);
            }
        }

        return message;
    }

    private bool IsWanted(FieldDescriptor field)
    {
        IList<FieldDescriptor>? members = field.RealContainingOneof?.Fields;
        return members is null || members[variant % members.Count] == field;
    }

    private void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            FieldDescriptor key = field.MessageType.FindFieldByNumber(1);
            FieldDescriptor value = field.MessageType.FindFieldByNumber(2);
            if (ValueOf(value, depth) is { } item)
            {
                ((IDictionary)field.Accessor.GetValue(message)).Add(ValueOf(key, depth)!, item);
            }
        }
        else if (ValueOf(field, depth) is { } item)
        {
            if (field.IsRepeated)
            {
                ((IList)field.Accessor.GetValue(message)).Add(item);
            }
            else
            {
                field.Accessor.SetValue(message, item);
            }
        }
    }

    private object? ValueOf(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Bool => true,
        FieldType.String => $"{field.Name} ä\"",
        FieldType.Bytes => ByteString.CopyFrom(0, 1, 255),
        FieldType.Double => 1.5,
        FieldType.Float => 1.5f,
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => int.MinValue,
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => long.MinValue,
        FieldType.UInt32 or FieldType.Fixed32 => uint.MaxValue,
        FieldType.UInt64 or FieldType.Fixed64 => ulong.MaxValue,
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, field.EnumType.Values[^1].Number),
        FieldType.Message => MessageFor(field.MessageType, depth),
        _ => throw new NotSupportedException(field.FullName),
    };

    private object? MessageFor(MessageDescriptor type, int depth)
    {
        if (type.File.Package == "google.protobuf")
        {
            return WellKnown(type);
        }

        return depth < MaxDepth ? Fill(type, depth + 1) : null;
    }

    // The generated property of a wrapper type is of the wrapped type.
    private static object WellKnown(MessageDescriptor type) => type.Name switch
    {
        nameof(BoolValue) => true,
        nameof(DoubleValue) => 1.5,
        nameof(StringValue) => "text",
        nameof(UInt32Value) => uint.MaxValue,
        nameof(UInt64Value) => ulong.MaxValue,
        nameof(Duration) => new Duration { Seconds = 1, Nanos = 500_000_000 },
        nameof(Timestamp) => new Timestamp { Seconds = 1, Nanos = 1 },
        nameof(Value) => Value.ForList(Value.ForString("text"), Value.ForBool(true)),
        nameof(Struct) => new Struct { Fields = { ["key"] = Value.ForNumber(1.5) } },
        nameof(Any) => EnvoyTypes.Pack(new HeaderValue { Key = "key", Value = "value" }),
        _ => throw new NotSupportedException(type.FullName),
    };
}
