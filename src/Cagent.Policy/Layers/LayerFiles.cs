// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Layers;

/// <summary>
/// The files of one policy, each read at most once, and bounded: in number, in size, and to the folder of the first file, so that
/// who may write a policy cannot make the proxy read anything else.
/// </summary>
internal sealed class LayerFiles
{
    private const int MaxFiles = 64;
    private const int MaxTotal = 4;

    private readonly PolicyLoadOptions _options;
    private readonly DiagnosticBag _bag;
    private readonly string _displayFolder;
    private readonly string _baseFolder;
    private readonly Dictionary<string, LayerFile> _files = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, PolicyFileText> _texts = new(StringComparer.Ordinal);
    private long _length;

    public LayerFiles(string file, PolicyLoadOptions options, DiagnosticBag bag)
    {
        _options = options;
        _bag = bag;
        _displayFolder = Path.GetDirectoryName(file) ?? "";
        _baseFolder = options.BaseFolder ?? _displayFolder;
        string name = Path.GetFileName(file);
        Root = new LayerFile(file, Path.Combine(_baseFolder, name), name, LayerKind.Root);
        Remember(Root);
    }

    public LayerFile Root { get; }

    /// <summary>The names of the files in diagnostics, in the order in which they were met.</summary>
    public IReadOnlyList<string> Order => _order;

    public ImmutableArray<string> Asked => [.. _asked];

    /// <summary>The folder that a path written in a file is relative to.</summary>
    public string FolderOf(string display) => _files.TryGetValue(display, out LayerFile? file) ? file.Folder : _baseFolder;

    /// <summary>Parses a text that is at hand.</summary>
    public MappingNode? Parse(string text, LayerFile file)
    {
        _length += text.Length;
        if (_length > (long)MaxTotal * _options.MaxLength)
        {
            _bag.Error(DiagnosticCodes.TooLarge, $"the files of the policy have more than {MaxTotal} times {_options.MaxLength} characters", new SourceLocation(file.Display, 1, 1), null);
            return null;
        }

        return YamlText.IsReadable(text, file.Display, _options.MaxLength, _bag) ? YamlTreeReader.Read(text, file.Display, _bag) : null;
    }

    /// <summary>The file that a path names, seen from another file; null after reporting that it lies outside or is no path.</summary>
    public LayerFile? Resolve(Located<string> path, LayerFile from, LayerKind kind)
    {
        string? relative = from.Relative is null ? null : Normalise(Path.GetDirectoryName(from.Relative) ?? "", path.Value);
        if (relative is null)
        {
            _bag.Error(
                DiagnosticCodes.BadLayerPath, "a file of a policy lies in the folder of the first file, or below it", path.Location, path.KeyPath, "write a relative path, such as agents/ci.yaml, that does not lead out of that folder");
            return null;
        }

        return new LayerFile(Path.Combine(_displayFolder, relative), Path.Combine(_baseFolder, relative), relative, kind);
    }

    /// <summary>The file of a profile that is named without a path, in the folder of the first file.</summary>
    public LayerFile ProfileOf(string name)
    {
        string file = name + ".yaml";
        return new LayerFile(Path.Combine(_displayFolder, "profiles", file), Path.Combine(_baseFolder, "profiles", file), $"profiles/{file}", LayerKind.Profile);
    }

    /// <summary>The text of a file that may not be there, without making it a part of the policy; null when it cannot be read.</summary>
    public string? Peek(LayerFile file) => ReadText(file).Text;

    /// <summary>Whether a file has been met, as any part.</summary>
    public bool Knows(LayerFile file) => _files.ContainsKey(file.Display);

    /// <summary>Reads and parses a file that has not been met; null after reporting why it cannot be.</summary>
    /// <param name="file">The file.</param>
    /// <param name="from">Where it is named; null for one that no file names.</param>
    /// <param name="hint">What to write instead when it is not there.</param>
    public MappingNode? Read(LayerFile file, Located<string>? from, string? hint) => Read(file, ReadText, from, hint);

    /// <summary>Parses a profile that the program brings along, and that is bounded like a file.</summary>
    public MappingNode? ReadShipped(LayerFile file, string text, Located<string> from) => Read(file, _ => new PolicyFileText(text, null), from, hint: null);

    private MappingNode? Read(LayerFile file, Func<LayerFile, PolicyFileText> read, Located<string>? from, string? hint)
    {
        SourceLocation place = from?.Location ?? new SourceLocation(file.Display, 1, 1);
        if (_files.Count >= MaxFiles)
        {
            _bag.Error(DiagnosticCodes.TooManyLayers, $"the policy has more than {MaxFiles} files", place, from?.KeyPath, "put several into one");
            return null;
        }

        Remember(file);
        PolicyFileText text = read(file);
        if (text.Text is null)
        {
            _bag.Error(DiagnosticCodes.UnreadableLayer, $"the file \"{file.Display}\" {text.Problem}", place, from?.KeyPath, hint);
            return null;
        }

        return Parse(text.Text, file);
    }

    private PolicyFileText ReadText(LayerFile file)
    {
        if (_texts.TryGetValue(file.Path, out PolicyFileText text))
        {
            return text;
        }

        _asked.Add(file.Path);
        text = _options.ReadFile?.Invoke(file.Path) ?? PolicyFileText.Unreadable("cannot be read here, where there are no other files");
        _texts.Add(file.Path, text);
        return text;
    }

    private void Remember(LayerFile file)
    {
        _files[file.Display] = file;
        _order.Add(file.Display);
    }

    // By text alone, so that it means the same on every machine. Null leads out of the folder.
    private static string? Normalise(string folder, string path)
    {
        if (path.Length > 1024 || path.StartsWith('/') || path.StartsWith('~') || path.EndsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Any(char.IsControl))
        {
            return null;
        }

        List<string> parts = [];
        foreach (string part in $"{folder}/{path}".Split('/').Where(part => part is not ("" or ".")))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count == 0)
            {
                return null;
            }
            else
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return parts.Count == 0 ? null : string.Join('/', parts);
    }
}
