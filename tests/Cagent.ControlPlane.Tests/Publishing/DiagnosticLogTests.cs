// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.Publishing;
using Cagent.Policy.Diagnostics;
using Cagent.TestKit.Logging;

namespace Cagent.ControlPlane.Tests.Publishing;

/// <summary>A policy of a thousand entries may have as many warnings, at each edit.</summary>
public sealed class DiagnosticLogTests
{
    [Fact]
    public void Write_ManyAlike_ShowsSomeOfEachCode_AndCountsTheRest()
    {
        RecordingLogger logger = new();
        ImmutableArray<Diagnostic> diagnostics =
        [
            .. Enumerable.Range(1, 1000).Select(line => new Diagnostic("CAG1052", DiagnosticSeverity.Warning, "alike", new SourceLocation("p.yaml", line, 1), null, null)),
            new Diagnostic("CAG1001", DiagnosticSeverity.Error, "single", new SourceLocation("p.yaml", 7, 1), null, null),
        ];

        DiagnosticLog.Write(logger, "p.yaml", diagnostics);

        Assert.Equal(20, logger.CountOf(1251));
        Assert.Contains("p.yaml:20:1", logger.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("p.yaml:21:1", logger.Everything, StringComparison.Ordinal);
        Assert.Contains("980 more CAG1052 in p.yaml; cagent validate lists them all", logger.Everything, StringComparison.Ordinal);
        Assert.Equal(1, logger.CountOf(1250));
    }
}
