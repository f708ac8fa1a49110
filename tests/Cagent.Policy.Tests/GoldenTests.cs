// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Cagent.Policy.Tests;

/// <summary>
/// One folder per behaviour: <c>cagent.yaml</c>, beside it the other files of the policy (<c>overlay.yaml</c> is laid over it), and
/// the diagnostics it must give, as exact text. The first line <c># honoured: all</c> stands for a build of the whole language. Run with
/// <c>CAGENT_UPDATE_GOLDEN=1</c> to rewrite them, then read the difference.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Cases => [.. Directory.GetDirectories(GoldenFolder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Load_GoldenCase_GivesItsDiagnostics(string name)
    {
        string folder = Path.Combine(GoldenFolder.Path, name);
        // Not ReadAllText, which would drop a byte order mark.
        string text = new UTF8Encoding().GetString(File.ReadAllBytes(Path.Combine(folder, "cagent.yaml")));
        PolicyLoadResult result = PolicyLoader.Load(text, "cagent.yaml", PolicyTexts.Options(text, folder));
        string actual = string.Concat(result.Diagnostics.Select(diagnostic => $"{diagnostic}\n    key: {diagnostic.KeyPath ?? "-"}\n"));
        actual = result.Diagnostics.IsEmpty ? "valid\n" : result.Policy is null ? actual : "valid, with warnings\n" + actual;
        string file = Path.Combine(folder, "diagnostics.txt");
        if (Environment.GetEnvironmentVariable("CAGENT_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, actual);
        }

        Assert.Equal(File.ReadAllText(file), actual);
        Assert.DoesNotContain("canary-secret", actual, StringComparison.Ordinal);
    }

    [Fact]
    public void GoldenCases_Invalid_AreMany()
    {
        string[] files = Directory.GetFiles(GoldenFolder.Path, "diagnostics.txt", SearchOption.AllDirectories);
        Assert.True(files.Count(file => !File.ReadAllText(file).StartsWith("valid", StringComparison.Ordinal)) >= 40);
    }
}
