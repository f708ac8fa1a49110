// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cagent.EnvoyApi.Tests;

public sealed class RoundTripTests
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(EnvoyTypes.Registry));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithTypeRegistry(EnvoyTypes.Registry));

    public static TheoryData<string> Messages => [.. EnvoyTypes.Files.SelectMany(file => file.MessageTypes).SelectMany(WithNested).Select(type => type.FullName)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Binary_EveryFieldSet_IsReadAsWritten(string name)
    {
        foreach (IMessage message in Variants(name))
        {
            IMessage read = message.Descriptor.Parser.ParseFrom(EnvoyTypes.ToByteString(message));

            Assert.Equal(message, read);
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Json_EveryFieldSet_IsReadAsWritten(string name)
    {
        foreach (IMessage message in Variants(name))
        {
            IMessage read = Parser.Parse(Formatter.Format(message), message.Descriptor);

            Assert.Equal(message, read);
        }
    }

    private static IEnumerable<IMessage> Variants(string name)
    {
        MessageDescriptor type = EnvoyTypes.Registry.Find(name);
        Assert.NotNull(type);
        int variants = type.RealOneofCount == 0 ? 1 : type.Oneofs.Take(type.RealOneofCount).Max(oneof => oneof.Fields.Count);
        for (int variant = 0; variant < variants; variant++)
        {
            IMessage message = new MessageFiller(variant).Fill(type);
            Assert.Equal(type.Fields.InDeclarationOrder().Count == 0, message.CalculateSize() == 0);
            yield return message;
        }
    }

    private static IEnumerable<MessageDescriptor> WithNested(MessageDescriptor type) =>
        type.GetOptions()?.MapEntry == true ? [] : type.NestedTypes.SelectMany(WithNested).Prepend(type);
}
