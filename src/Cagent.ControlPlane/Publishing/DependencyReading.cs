// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.ControlPlane.PolicySource;
using Cagent.Policy;

namespace Cagent.ControlPlane.Publishing;

/// <summary>The content of a file that a policy names, or why it cannot be read.</summary>
/// <param name="Content">The bytes; default when there is a problem.</param>
/// <param name="Problem">In words, or null.</param>
public readonly record struct DependencyReading(ImmutableArray<byte> Content, string? Problem)
{
    private const int MaxBytes = 4 << 20;

    /// <summary>The content as the text of a policy.</summary>
    public PolicyFileText AsText() => Problem is { } problem ? PolicyFileText.Unreadable(problem) : PolicyFileText.FromBytes(Content.AsSpan());

    /// <summary>What the watcher has read and found settled.</summary>
    internal static DependencyReading From(PolicyFileReading reading) => new(reading.Content, reading.Problem);

    /// <summary>Reads from disk.</summary>
    public static DependencyReading FromDisk(string path)
    {
        try
        {
            return new FileInfo(path).Length > MaxBytes
                ? new DependencyReading(default, $"is larger than {MaxBytes >> 20} MiB")
                : new DependencyReading([.. File.ReadAllBytes(path)], null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new DependencyReading(default, "does not exist");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new DependencyReading(default, $"cannot be read: {exception.Message}");
        }
    }
}
