// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Credentials;

namespace Cagent.Secrets.Credentials;

/// <summary>Reads what is on this machine: variables and files. Every failure is a value.</summary>
internal static class PlainCredential
{
    /// <summary>Reads; <paramref name="isWorldReadable"/> is true of a file that every user of the machine may read.</summary>
    public static CredentialReading Read(CredentialDefinition definition, out bool isWorldReadable)
    {
        isWorldReadable = false;
        return definition.GetOrigin() switch
        {
            EnvCredentialDefinition env => ReadVariable(env.Variable),
            FileCredentialDefinition file => CredentialFile.Read(file.Path, out isWorldReadable),
            AwsSigV4CredentialDefinition aws => SigningKeyReading.Of(aws, out isWorldReadable),
            _ => CredentialReading.Unavailable("this build does not know the credential's source"),
        };
    }

    /// <summary>Whether both say the same, without showing either.</summary>
    public static bool IsSame(CredentialReading a, CredentialReading b) =>
        a.Problem == b.Problem && (a.Value is null ? b.Value is null : a.Value.HasValueOf(b.Value))
        && (a.Keys is null ? b.Keys is null : a.Keys.HasValuesOf(b.Keys))
        && (a.Digest.IsDefault ? b.Digest.IsDefault : !b.Digest.IsDefault && a.Digest.AsSpan().SequenceEqual(b.Digest.AsSpan()));

    /// <summary>The kind of source, as the policy calls it.</summary>
    public static string SourceOf(CredentialDefinition definition) => definition.GetOrigin() switch
    {
        FileCredentialDefinition => "file",
        AwsSigV4CredentialDefinition => "aws_sigv4",
        _ => "env",
    };

    private static CredentialReading ReadVariable(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? CredentialText.Parse(Encoding.UTF8.GetBytes(value), $"environment variable {variable}")
            : CredentialReading.Unavailable($"environment variable {variable} is not set");
}
