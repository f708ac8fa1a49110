// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.ControlPlane.Credentials;

namespace Cagent.ControlPlane.Tests.Credentials;

public sealed class SecretTests
{
    [Fact]
    public void AnyRendering_ShowsNothingOfTheValue()
    {
        Secret secret = new("hunter2");
        string rendered = $"{secret} {JsonSerializer.Serialize(secret)} {CredentialReading.Available(secret)}";
        Assert.DoesNotContain("hunter2", rendered, StringComparison.Ordinal);
        Assert.Contains(Secret.Redacted, rendered, StringComparison.Ordinal);
        Assert.Equal("hunter2", secret.Reveal());
    }
}
