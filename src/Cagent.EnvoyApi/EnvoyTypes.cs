// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.EnvoyApi;

/// <summary>All the message types of Envoy's API that Cagent speaks.</summary>
/// <remarks>Immutable and safe for use by many threads at once.</remarks>
public static class EnvoyTypes
{
    /// <summary>What every type URL on the wire begins with, the slash included.</summary>
    public const string TypeUrlPrefix = "type.googleapis.com/";

    /// <summary>The files that define our part of the API, ordered by name. Files of Google's well-known types are not among them.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } = FindFiles();

    /// <summary>Every message type of <see cref="Files"/> and the well-known types that they use: for JSON of <see cref="Any"/>.</summary>
    public static TypeRegistry Registry { get; } = TypeRegistry.FromFiles(Files);

    /// <summary>The type URL of a message type, as xDS names resource types.</summary>
    public static string TypeUrl(MessageDescriptor type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return TypeUrlPrefix + type.FullName;
    }

    /// <summary>Packs a message so that equal messages become equal bytes, whatever the order in which their maps were filled.</summary>
    /// <remarks>Resource versions are hashes of these bytes: an unstable order would be a change to send.</remarks>
    public static Any Pack(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new Any { TypeUrl = TypeUrl(message.Descriptor), Value = ToByteString(message) };
    }

    /// <summary>Serializes a message so that equal messages become equal bytes: maps are written in the order of their keys.</summary>
    /// <remarks>Not deep for what is packed already: an <see cref="Any"/> within the message keeps its bytes.</remarks>
    public static ByteString ToByteString(IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        byte[] buffer = new byte[message.CalculateSize()];

        // In Google.Protobuf 3.25 only CodedOutputStream sorts maps; the IBufferWriter path, and so ToByteString(), does not.
        using CodedOutputStream output = new(buffer) { Deterministic = true };
        message.WriteTo(output);
        output.CheckNoSpaceLeft();
        return UnsafeByteOperations.UnsafeWrap(buffer); // nobody else has the array
    }

    private static FileDescriptor[] FindFiles()
    {
        // protoc makes one XxxReflection class for each file, with its descriptor.
        IEnumerable<FileDescriptor> files =
            from type in typeof(EnvoyTypes).Assembly.GetTypes()
            where type.IsAbstract && type.IsSealed && type.Name.EndsWith("Reflection", StringComparison.Ordinal)
            let property = type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)
            where property?.PropertyType == typeof(FileDescriptor)
            select (FileDescriptor)property.GetValue(null)!;
        return [.. files.OrderBy(file => file.Name, StringComparer.Ordinal)];
    }
}
