// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials;
using FsCheck;
using FsCheck.Fluent;

namespace Cagent.Secrets.Tests.Credentials;

public sealed class CredentialTextTests
{
    [Theory]
    [InlineData("token", "token")]
    [InlineData("  token\r\n", "token")]
    [InlineData("\ttwo words \n\n", "two words")]
    [InlineData("~!@#$%^&*()_+{}|:\"<>?", "~!@#$%^&*()_+{}|:\"<>?")]
    public void Parse_UsableText_IsTheTrimmedValue(string text, string expected) => Assert.Equal(expected, Parse(text).Value?.Reveal());

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t ")]
    [InlineData("abc\r\nX-Injected: 1")]
    [InlineData("abc\ndef")]
    [InlineData("abc\tdef")]
    [InlineData("abc\0def")]
    [InlineData("abc\u007f")]
    [InlineData("abc\u001b[31m")]
    [InlineData("caf\u00e9")]
    [InlineData("\ufeffabc")]
    [InlineData("\u00a0abc")]
    public void Parse_TextThatNoHeaderMayHold_IsUnavailable(string text)
    {
        CredentialReading reading = Parse(text);
        Assert.Null(reading.Value);
        Assert.StartsWith("the source ", reading.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", reading.Problem!, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_InvalidUtf8_IsUnavailable() => Assert.Null(CredentialText.Parse([0x61, 0xC3, 0x28], "the source").Value);

    [Theory]
    [InlineData(CredentialText.MaxBytes, true)]
    [InlineData(CredentialText.MaxBytes + 1, false)]
    public void Parse_AroundTheLimit_CountsBytes(int length, bool isAvailable) => Assert.Equal(isAvailable, Parse(new string('a', length)).Value is not null);

    [Fact]
    public void Parse_AnyBytes_ValueIsPrintableOrTheProblemIsConstant()
    {
        string[] problems = ["the source is empty", "the source starts with a byte order mark; save it as plain ASCII",
            "the source holds a line break, a control character or a character outside ASCII", "the source is larger than 64 KiB"];
        Prop.ForAll<byte[]>(bytes =>
        {
            CredentialReading reading = CredentialText.Parse(bytes, "the source");
            return reading.Value?.Reveal() is { } value ? value.Length > 0 && value.All(c => c is >= ' ' and <= '~') && value == value.Trim() : problems.Contains(reading.Problem);
        }).QuickCheckThrowOnFailure();
    }

    private static CredentialReading Parse(string text) => CredentialText.Parse(Encoding.UTF8.GetBytes(text), "the source");
}
