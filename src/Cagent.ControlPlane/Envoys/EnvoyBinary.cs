// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cagent.ControlPlane.Envoys;

/// <summary>An Envoy executable that has told its version.</summary>
/// <param name="Path">Its path with all links resolved, as <c>/proc/PID/exe</c> will show it.</param>
/// <param name="Version">What <c>--version</c> said.</param>
public sealed partial record EnvoyBinary(string Path, Version Version)
{
    /// <summary>What follows the version, such as <c>dev</c> for a build before the release; empty for a release.</summary>
    public string Label { get; init; } = "";

    /// <summary>The version with its label.</summary>
    public string VersionText => Label.Length == 0 ? Version.ToString() : $"{Version}-{Label}";

    /// <summary>The version this product is tested with; older ones may reject resources.</summary>
    public static readonly Version Tested = new(1, 40, 0);

    private const int MaxVersionOutput = 4096;
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(10);

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Runs <c>--version</c>.</summary>
    /// <exception cref="EnvoyUnavailableException">There is no such file, it cannot be executed, or it is not Envoy.</exception>
    public static async Task<EnvoyBinary> InspectAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new EnvoyUnavailableException(
                $"there is no Envoy at {path}; install Envoy {Tested} or name the executable with --envoy or ENVOY_BIN");
        }
        string resolved = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? System.IO.Path.GetFullPath(path);
        if ((File.GetUnixFileMode(resolved) & Executable) == 0)
        {
            throw new EnvoyUnavailableException($"{path} is not executable; run: chmod +x {path}");
        }
        string output = await ReadVersionAsync(resolved, time, cancellationToken).ConfigureAwait(false);
        return TryParseVersion(output, out Version? version, out string label)
            ? new EnvoyBinary(resolved, version) { Label = label }
            : throw new EnvoyUnavailableException($"{path} --version did not answer like Envoy; is it an Envoy of this machine's architecture?");
    }

    /// <summary>Reads the answer of <c>--version</c>: <c>… version: COMMIT/1.40.0/Clean/RELEASE/BoringSSL</c>, or <c>1.41.0-dev</c> there.</summary>
    internal static bool TryParseVersion(string output, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Version? version, out string label)
    {
        version = null;
        Match match = VersionPattern().Match(output);
        label = match.Groups[2].Value;
        return match.Success && Version.TryParse(match.Groups[1].ValueSpan, out version);
    }

    private static async Task<string> ReadVersionAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(VersionTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        ProcessStartInfo start = new(path, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        EnvoyEnvironment.Apply(start);
        try
        {
            using Process process = Process.Start(start)
                ?? throw new EnvoyUnavailableException($"{path} could not be started");
            try
            {
                char[] buffer = new char[MaxVersionOutput];
                int length = await process.StandardOutput.ReadBlockAsync(buffer, either.Token).ConfigureAwait(false);
                return new string(buffer, 0, length);
            }
            finally
            {
                process.Kill();
            }
        }
        catch (Win32Exception e)
        {
            throw new EnvoyUnavailableException(string.Create(CultureInfo.InvariantCulture, $"{path} could not be started: {e.Message}"), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EnvoyUnavailableException($"{path} --version did not answer within {VersionTimeout.TotalSeconds} s", e);
        }
    }

    [GeneratedRegex(@"version: [0-9a-f]+/([0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})(?:-([0-9A-Za-z._-]+))?/", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
