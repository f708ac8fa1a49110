// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using Google.Protobuf.Reflection;

namespace Cagent.Grpc.Reflection;

/// <summary>Everything that can be asked about a set of services, found by name. Immutable, thread-safe.</summary>
internal sealed class DescriptorIndex
{
    private readonly FrozenDictionary<string, FileDescriptor> _files;
    private readonly FrozenDictionary<string, FileDescriptor> _symbols;
    private readonly FrozenDictionary<string, ImmutableSortedDictionary<int, FileDescriptor>> _extensions;

    private DescriptorIndex(Builder builder)
    {
        Services = [.. builder.Services.Order(StringComparer.Ordinal)];
        _files = builder.Files.ToFrozenDictionary(StringComparer.Ordinal);
        _symbols = builder.Symbols.ToFrozenDictionary(StringComparer.Ordinal);
        _extensions = builder.Extensions.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToImmutableSortedDictionary(), StringComparer.Ordinal);
    }

    /// <summary>The full names of the services, sorted.</summary>
    public ImmutableArray<string> Services { get; }

    public static DescriptorIndex Build(IEnumerable<ServiceDescriptor> services)
    {
        Builder builder = new();
        foreach (ServiceDescriptor service in services)
        {
            builder.Services.Add(service.FullName);
            builder.AddFile(service.File);
        }

        return new DescriptorIndex(builder);
    }

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    public FileDescriptor? FindSymbol(string fullName) => _symbols.GetValueOrDefault(fullName);

    public FileDescriptor? FindExtension(string message, int number) => _extensions.GetValueOrDefault(message)?.GetValueOrDefault(number);

    /// <summary>The numbers of all known extensions of a message, ascending; null when the message is not known.</summary>
    public IEnumerable<int>? FindExtensionNumbers(string message) =>
        _extensions.TryGetValue(message, out ImmutableSortedDictionary<int, FileDescriptor>? extensions) ? extensions.Keys : null;

    private sealed class Builder
    {
        public HashSet<string> Services { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, FileDescriptor> Files { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, FileDescriptor> Symbols { get; } = new(StringComparer.Ordinal);

        /// <summary>Has an entry for every message, also for those that nobody extends.</summary>
        public Dictionary<string, Dictionary<int, FileDescriptor>> Extensions { get; } = new(StringComparer.Ordinal);

        public void AddFile(FileDescriptor file)
        {
            if (!Files.TryAdd(file.Name, file))
            {
                return;
            }

            foreach (FileDescriptor dependency in file.Dependencies)
            {
                AddFile(dependency);
            }

            foreach (ServiceDescriptor service in file.Services)
            {
                AddSymbol(service, file);
                foreach (MethodDescriptor method in service.Methods)
                {
                    AddSymbol(method, file);
                }
            }

            foreach (MessageDescriptor message in file.MessageTypes)
            {
                AddMessage(message, file);
            }

            foreach (EnumDescriptor type in file.EnumTypes)
            {
                AddEnum(type, file);
            }

            AddExtensions(file.Extensions, file);
        }

        private void AddMessage(MessageDescriptor message, FileDescriptor file)
        {
            AddSymbol(message, file);
            Extensions.TryAdd(message.FullName, []);
            foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
            {
                AddSymbol(field, file);
            }

            foreach (OneofDescriptor oneof in message.Oneofs)
            {
                AddSymbol(oneof, file);
            }

            foreach (EnumDescriptor type in message.EnumTypes)
            {
                AddEnum(type, file);
            }

            foreach (MessageDescriptor nested in message.NestedTypes)
            {
                AddMessage(nested, file);
            }

            AddExtensions(message.Extensions, file);
        }

        private void AddEnum(EnumDescriptor type, FileDescriptor file)
        {
            AddSymbol(type, file);

            // By protobuf's rules a value's full name lies beside its enum; the runtime's FullName puts it below.
            string scope = type.FullName[..^type.Name.Length];
            foreach (EnumValueDescriptor value in type.Values)
            {
                Symbols.TryAdd(scope + value.Name, file);
            }
        }

        private void AddExtensions(ExtensionCollection extensions, FileDescriptor file)
        {
            foreach (FieldDescriptor extension in extensions.UnorderedExtensions)
            {
                AddSymbol(extension, file);
                string extended = extension.ExtendeeType.FullName;
                if (!Extensions.TryGetValue(extended, out Dictionary<int, FileDescriptor>? known))
                {
                    Extensions[extended] = known = [];
                }

                known.TryAdd(extension.FieldNumber, file);
            }
        }

        private void AddSymbol(IDescriptor descriptor, FileDescriptor file) => Symbols.TryAdd(descriptor.FullName, file);
    }
}
