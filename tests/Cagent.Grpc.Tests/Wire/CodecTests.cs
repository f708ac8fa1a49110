// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Wire;
using FsCheck;
using FsCheck.Fluent;
using Grpc.Core;

namespace Cagent.Grpc.Tests.Wire;

public class CodecTests
{
    [Fact]
    public void PercentEncoding_AnyText_RoundTripsAsPrintableAscii() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        text =>
        {
            text = new string([.. (text ?? "").Where(c => !char.IsSurrogate(c))]);
            string encoded = PercentEncoding.Encode(text);
            Assert.All(encoded, c => Assert.InRange(c, ' ', '~'));
            Assert.Equal(text, PercentEncoding.Decode(encoded));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%zz", "%zz")]
    [InlineData("a%20b", "a b")]
    [InlineData("%e2%98%BA", "☺")]
    public void PercentDecode_AnyInput_IsLenient(string text, string expected) => Assert.Equal(expected, PercentEncoding.Decode(text));

    [Fact]
    public void PercentEncode_UsesUpperCaseHex() => Assert.Equal("%E2%98%BA%25", PercentEncoding.Encode("☺%"));

    [Theory]
    [InlineData("1H", 36_000_000_000)]
    [InlineData("2M", 1_200_000_000)]
    [InlineData("3S", 30_000_000)]
    [InlineData("4m", 40_000)]
    [InlineData("5u", 50)]
    [InlineData("600n", 6)]
    [InlineData("0n", 0)]
    [InlineData("99999999H", 3_599_999_964_000_000_000)]
    public void Timeout_Valid_Parses(string text, long ticks)
    {
        Assert.True(GrpcTimeout.TryParse(text, out TimeSpan timeout));
        Assert.Equal(ticks, timeout.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("123456789S")]
    [InlineData("1x")]
    [InlineData("+1S")]
    [InlineData(" 1S")]
    [InlineData("١S")]
    public void Timeout_Invalid_IsRefused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Fact]
    public void Timeout_Formatted_ParsesToAtLeastItselfAndHardlyMore() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>(),
        raw =>
        {
            TimeSpan timeout = TimeSpan.FromTicks(Math.Abs(raw % TimeSpan.TicksPerDay));
            Assert.True(GrpcTimeout.TryParse(GrpcTimeout.Format(timeout), out TimeSpan parsed));
            Assert.InRange(parsed, timeout, timeout + TimeSpan.FromSeconds(1));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void BinaryMetadata_AnyBytes_RoundTripUnpadded() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            string value = MetadataCodec.EncodeValue(new Metadata.Entry("k-bin", bytes));
            Metadata metadata = [];
            MetadataCodec.Decode("K-Bin", value, metadata);
            Assert.DoesNotContain('=', value);
            Assert.Equal(bytes, metadata.Single().ValueBytes);
        }).QuickCheckThrowOnFailure();

    /// <summary>White space was skipped where there were four of it.</summary>
    [Theory]
    [InlineData("AQID    BAUG")]
    [InlineData("AQ ID")]
    public void BinaryMetadata_WithWhiteSpaceInside_IsAFormatError(string value) =>
        Assert.Throws<FormatException>(() => MetadataCodec.Decode("k-bin", value, []));

    [Fact]
    public void BinaryMetadata_RandomText_DecodesOrIsAFormatError() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        text =>
        {
            Exception? e = Record.Exception(() => MetadataCodec.Decode("k-bin", text ?? "", []));
            Assert.True(e is null or FormatException);
        }).QuickCheckThrowOnFailure();

    /// <summary>grpc-js answered "Failed to decompress gzip-encoded message": no bytes are no gzip stream.</summary>
    [Fact]
    public void Serialize_EmptyMessageToCompress_IsSentPlain()
    {
        MessageSerializer serializer = new(100);

        Assert.Equal(new byte[5], serializer.Serialize("", Marshallers.StringMarshaller.ContextualSerializer, compress: true).ToArray());
    }

    [Fact]
    public void Serialize_CompressedOrNot_IsReadBack() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        ArbMap.Default.ArbFor<bool>(),
        (text, compress) =>
        {
            text = new string([.. (text ?? "").Where(c => !char.IsSurrogate(c))]);
            MessageSerializer serializer = new(1_000_000);
            System.IO.Pipelines.PipeReader pipe = System.IO.Pipelines.PipeReader.Create(
                new System.Buffers.ReadOnlySequence<byte>(
                    serializer.Serialize(text, Marshallers.StringMarshaller.ContextualSerializer, compress).ToArray()));
            MessageReader reader = new(pipe, 1_000_000, acceptsCompressed: true);
            ValueTask<string?> read = reader.ReadAsync(Marshallers.StringMarshaller.ContextualDeserializer, CancellationToken.None);
            Assert.True(read.IsCompletedSuccessfully);
            Assert.Equal(text, read.GetAwaiter().GetResult());
        }).QuickCheckThrowOnFailure();
}
