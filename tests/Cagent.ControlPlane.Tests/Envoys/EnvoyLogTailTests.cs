// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;
using Cagent.TestKit.Files;
using Cagent.TestKit.Logging;

namespace Cagent.ControlPlane.Tests.Envoys;

/// <summary>What Envoy prints when it crashes, headers of requests included, does not reach our log.</summary>
public sealed class EnvoyLogTailTests
{
    [Fact]
    public void AddOutput_BeforeTheLogIsOpen_IsShown()
    {
        using TemporaryFolder folder = new();
        RecordingLogger logger = new();
        EnvoyLogTail tail = Begin(folder, logger);

        tail.AddOutput("unable to read file");

        Assert.Contains(logger.Entries, entry => entry.Text.Contains("unable to read file", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AddOutput_OnceTheLogIsOpen_IsDroppedAndSaidSoOnce(bool isRotated)
    {
        using TemporaryFolder folder = new();
        RecordingLogger logger = new();
        EnvoyLogTail tail = Begin(folder, logger);
        File.AppendAllText(folder.Combine("envoy.log"), "[info][main] starting main dispatch loop\n");
        if (isRotated)
        {
            tail.Read();
            File.Delete(folder.Combine("envoy.log"));
        }

        tail.AddOutput("    'authorization', 'Bearer sk-canary'");
        tail.AddOutput("    'cookie', 'sk-canary'");

        Assert.DoesNotContain(logger.Entries, entry => entry.Text.Contains("sk-canary", StringComparison.Ordinal));
        Assert.DoesNotContain("sk-canary", tail.LastLines(), StringComparison.Ordinal);
        Assert.Single(logger.Entries, entry => entry.Text.Contains("standard error", StringComparison.Ordinal));
    }

    private static EnvoyLogTail Begin(TemporaryFolder folder, RecordingLogger logger)
    {
        EnvoyLogTail tail = new(folder.Combine("envoy.log"), maxBytes: 1 << 20, logger);
        tail.BeginRun();
        return tail;
    }
}
