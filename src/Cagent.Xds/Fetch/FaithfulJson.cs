// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using Cagent.EnvoyApi;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Xds.Fetch;

/// <summary>
/// Finds what JSON cannot say: JSON is written by the descriptors that we have, so a message or a field that they lack would
/// be lost in silence, and the client would run another configuration than the published one.
/// </summary>
internal static class FaithfulJson
{
    /// <summary>The type of the first message that is not known, not readable, or has an unknown field; null when all is well.</summary>
    public static string? FindUnknown(IMessage message)
    {
        if (message is Any any)
        {
            return FindUnknownIn(any);
        }

        foreach (FieldDescriptor field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            foreach (IMessage child in Children(message, field))
            {
                if (FindUnknown(child) is { } unknown)
                {
                    return unknown;
                }
            }
        }

        return null;
    }

    private static string? FindUnknownIn(Any any)
    {
        if (any.TypeUrl.Length == 0)
        {
            return null;
        }

        MessageDescriptor? type = EnvoyTypes.Registry.Find(Any.GetTypeName(any.TypeUrl));
        if (type is null)
        {
            return any.TypeUrl;
        }

        try
        {
            IMessage whole = type.Parser.ParseFrom(any.Value);
            // Unknown fields are kept, and are not to be seen but by the size: whatever depth they are at.
            bool isComplete = whole.CalculateSize() == type.Parser.WithDiscardUnknownFields(true).ParseFrom(any.Value).CalculateSize();
            return isComplete ? FindUnknown(whole) : any.TypeUrl;
        }
        catch (InvalidProtocolBufferException)
        {
            return any.TypeUrl;
        }
    }

    private static IEnumerable<IMessage> Children(IMessage message, FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return ((IDictionary)field.Accessor.GetValue(message)).Values.OfType<IMessage>();
        }

        if (field.FieldType != FieldType.Message)
        {
            return [];
        }

        object? value = field.Accessor.GetValue(message);
        return field.IsRepeated ? ((IEnumerable)value!).Cast<IMessage>() : value is IMessage child ? [child] : [];
    }
}
