// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class EnvoyLogLineTests
{
    [Theory]
    [InlineData("[info][main] starting main dispatch loop", LogLevel.Debug, "main", "starting main dispatch loop")]
    [InlineData("[critical][main] error initializing configuration", LogLevel.Error, "main", "error initializing configuration")]
    [InlineData("[warning][config] gRPC config for type X rejected: bad", LogLevel.Warning, "config", "gRPC config for type X rejected: bad")]
    [InlineData("[warning][misc] message 'x' is marked as work-in-progress.", LogLevel.Debug, "misc", "message 'x' is marked as work-in-progress.")]
    [InlineData("[debug][http] [C1] x", LogLevel.Trace, "http", "[C1] x")]
    [InlineData("exec format error", LogLevel.Warning, "", "exec format error")]
    public void Parse_KnownForms_MapsTheLevel(string line, LogLevel level, string component, string text) =>
        Assert.Equal((level, component, text), (EnvoyLogLine.Parse(line).Level, EnvoyLogLine.Parse(line).Component, EnvoyLogLine.Parse(line).Text));

    [Fact]
    public void Parse_AnyText_IsBoundedAndDoesNotThrow() =>
        Prop.ForAll<string>(text => EnvoyLogLine.Parse("[" + text).Text.Length <= EnvoyLogLine.MaxText + 1
            && EnvoyLogLine.Parse(text ?? "").Text.Length <= EnvoyLogLine.MaxText + 1).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_EndlessLine_IsCut() =>
        Assert.Equal(EnvoyLogLine.MaxText + 1, EnvoyLogLine.Parse("[info][x] " + new string('a', 100_000)).Text.Length);
}
