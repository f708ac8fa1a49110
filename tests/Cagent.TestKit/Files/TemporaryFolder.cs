// SPDX-License-Identifier: Apache-2.0
namespace Cagent.TestKit.Files;

/// <summary>A new folder below the system's temporary folder, deleted on dispose.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Makes the folder.</summary>
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("cagent-test-").FullName;

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>The absolute path of a file or folder in it.</summary>
    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // A test may delete its folder itself, to see what the product does then.
        }
        catch (IOException)
        {
            // A dying process may still write here; a left-over folder must not fail the test.
        }
    }
}
