// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Cagent.TestKit.Files;

namespace Cagent.EndToEnd.Tests.Changes;

/// <summary>Measured times, and the one line that a reader wants of them.</summary>
internal sealed class Durations
{
    private readonly List<double> _milliseconds = [];

    public void Add(TimeSpan duration) => _milliseconds.Add(duration.TotalMilliseconds);

    /// <summary>The value that this share of the durations does not exceed, in milliseconds.</summary>
    public double Percentile(double share)
    {
        double[] sorted = [.. _milliseconds.Order()];
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    public string Line(string what) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what} median {Percentile(0.5):0} ms, p99 {Percentile(0.99):0} ms over {_milliseconds.Count} edits");

    /// <summary>
    /// Keeps lines in <c>TestResults/NAME.txt</c> of the repository, where script/test prints them from: the test platform
    /// shows no output of tests that pass.
    /// </summary>
    public static void Keep(string name, params IEnumerable<string> lines)
    {
        string folder = Directory.CreateDirectory(Path.Combine(RepositoryRoot.Path, "TestResults")).FullName;
        File.WriteAllLines(Path.Combine(folder, name + ".txt"), lines);
    }
}
