// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cagent.Policy;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Schema;
using Cagent.TestKit.Files;

namespace Cagent.Docs.Tests.Schema;

/// <summary>The schema and the reader agree: what loads is right by the schema, and what is wrong in shape is wrong there, at the same key.</summary>
public sealed class PolicySchemaTests
{
    /// <summary>What a schema can see: keys, types, words, ranges and forms. What depends on other keys is not in it.</summary>
    private static readonly string[] s_shapeCodes =
    [
        DiagnosticCodes.UnknownKey, DiagnosticCodes.WrongType, DiagnosticCodes.MissingKey, DiagnosticCodes.UnknownValue, DiagnosticCodes.Version,
        DiagnosticCodes.BadNumber, DiagnosticCodes.BadPort, DiagnosticCodes.BadTimestamp, DiagnosticCodes.BadDuration, DiagnosticCodes.BadSize,
    ];

    // One process for all of them.
    private static readonly Lazy<Task<IReadOnlyDictionary<string, SchemaError[]>>> s_answers = new(ValidateAllAsync);

    public static TheoryData<string> GoldenFolders => [.. Golden("Cagent.Policy.Tests"), .. Golden("Cagent.Compiler.Tests")];

    public static TheoryData<string> ShippedFiles => [.. ShippedPolicies.All];

    [Fact]
    public void File_IsWhatTheModelSays() => GeneratedDocument.AssertFresh("cagent.schema.json", PolicySchema.Text);

    [AjvTheory]
    [MemberData(nameof(ShippedFiles))]
    public async Task Schema_ShippedFile_TakesIt(string file) => await AssertTakenAsync(file);

    [AjvTheory]
    [MemberData(nameof(GoldenFolders))]
    public async Task Schema_GoldenCase_SaysWhatTheReaderSays(string folder)
    {
        string path = Path.Combine(RepositoryRoot.Path, folder);
        string text = await File.ReadAllTextAsync(Path.Combine(path, "cagent.yaml"));
        PolicyLoadResult result = PolicyLoader.Load(text, "cagent.yaml", Options(text, path));
        if (result.Policy is not null)
        {
            foreach (string file in PoliciesIn(folder))
            {
                await AssertTakenAsync(file);
            }

            return;
        }

        Diagnostic[] expected = [.. result.Diagnostics.Where(diagnostic => diagnostic.Location.File == "cagent.yaml" && IsAboutShape(diagnostic) && !IsSpelling(diagnostic, text))];
        if (expected.Length > 0 && (await s_answers.Value).TryGetValue(Path.Combine(folder, "cagent.yaml"), out SchemaError[]? errors))
        {
            Assert.All(expected, diagnostic => Assert.True(
                errors.Any(error => error.KeyPath == (diagnostic.KeyPath ?? "")), $"the schema takes what the reader refuses: {diagnostic}\nat {diagnostic.KeyPath}; it has {string.Join("; ", errors.Select(error => error.ToString()))}"));
        }
    }

    [AjvTheory]
    [InlineData(40)]
    public async Task Schema_WrongGoldenCases_AreMany(int least) =>
        Assert.True((await s_answers.Value).Values.Count(errors => errors.Length > 0) >= least);

    [AjvTheory]
    [InlineData("{\"version\": 1, \"domains\": [{\"domain\": \"a.example\", \"dlp\": {}}]}", "domains[0].dlp")]
    [InlineData("{\"version\": 1, \"domains\": [{\"domain\": \"https://a.example\"}]}", "domains[0].domain")]
    [InlineData("{\"version\": 1, \"domains\": [{\"domain\": \"a.example\", \"allow\": [\"/v1\"]}]}", "domains[0].allow[0]")]
    [InlineData("{\"version\": 1, \"domains\": [{\"domain\": \"a.example\", \"allow\": [\"FETCH /v1\"]}]}", "domains[0].allow[0]")]
    [InlineData("{\"version\": 1, \"credentials\": {\"a\": \"sk-1234\"}}", "credentials.a")]
    [InlineData("{\"version\": 1, \"parameters\": {\"host\": {\"type\": \"host\"}}, \"agents\": []}", "agents")]
    [InlineData("{\"version\": 1, \"domains\": [{\"domain\": \"${host}\"}]}", "domains[0].domain")]
    [InlineData("[]", "")]
    public async Task Schema_WrongShape_IsRefusedAtItsKey(string document, string keyPath) =>
        Assert.Contains(keyPath, (await Ajv.ValidateAsync([KeyValuePair.Create("it", JsonNode.Parse(document))]))["it"].Select(error => error.KeyPath));

    [AjvTheory]
    [MemberData(nameof(LanguageBlocks.Names), MemberType = typeof(LanguageBlocks))]
    public async Task Schema_ExamplesOfTheModel_TakesThem(string block)
    {
        LanguageBlock place = LanguageBlocks.All[block];
        JsonObject whole = new(place.Keys.Keys.Where(key => !key.IsPlanned).Select(key => KeyValuePair.Create(key.Name, ExampleText.ToJson(key.Example!))));
        SchemaError[] errors = (await Ajv.ValidateAsync([KeyValuePair.Create("it", (JsonNode?)place.Place(whole))]))["it"];
        // The mappings around it are as good as empty.
        Assert.Empty(errors.Where(error => error.KeyPath.StartsWith(place.PathOf(""), StringComparison.Ordinal) && error.KeyPath.Length > 0).Select(error => error.ToString()));
    }

    private static async Task AssertTakenAsync(string file)
    {
        SchemaError[] errors = (await s_answers.Value)[file];
        Assert.True(errors.Length == 0, $"{file}: {string.Join("; ", errors.Select(error => error.ToString()))}");
    }

    private static Task<IReadOnlyDictionary<string, SchemaError[]>> ValidateAllAsync()
    {
        Dictionary<string, JsonNode?> documents = new(StringComparer.Ordinal);
        foreach (string file in Golden("Cagent.Policy.Tests").Concat(Golden("Cagent.Compiler.Tests")).SelectMany(PoliciesIn).Concat(ShippedPolicies.All))
        {
            if (YamlDocument.TryParse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, file)), out JsonNode? json))
            {
                documents.Add(file, json);
            }
        }

        return Ajv.ValidateAsync(documents);
    }

    // Not what the compiler's cases have beside the policy, which is its output.
    private static IEnumerable<string> PoliciesIn(string folder) => Directory
        .EnumerateFiles(Path.Combine(RepositoryRoot.Path, folder), "*.yaml", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) == "cagent.yaml" || File.ReadLines(file).Any(line => line == "version: 1"))
        .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file));

    // JSON has no leading zero: what the reader refuses for its spelling is a good number to every editor.
    private static bool IsSpelling(Diagnostic diagnostic, string text) => diagnostic.Code == DiagnosticCodes.WrongType
        && text.Split('\n').ElementAtOrDefault(diagnostic.Location.Line - 1) is { } line && Regex.IsMatch(line[(diagnostic.Location.Column - 1)..], "^0[0-9]+(?![0-9.a-z])");

    private static bool IsAboutShape(Diagnostic diagnostic) => s_shapeCodes.Contains(diagnostic.Code)
        && !(diagnostic.Code is DiagnosticCodes.BadDuration or DiagnosticCodes.BadSize && diagnostic.Message.Contains("is outside", StringComparison.Ordinal))
        // Whether a header or a parameter is needed depends on the source of the credential.
        && !(diagnostic.Code == DiagnosticCodes.MissingKey && diagnostic.KeyPath is { } path && (path.EndsWith(".header", StringComparison.Ordinal) || path.EndsWith(".parameter", StringComparison.Ordinal)));

    private static PolicyLoadOptions Options(string text, string folder) => new()
    {
        Honoured = text.StartsWith("# honoured: all", StringComparison.Ordinal) ? PolicyFeatures.All : PolicyFeatures.Production,
        Overlays = File.Exists(Path.Combine(folder, "overlay.yaml")) ? ["overlay.yaml"] : [],
        ReadFile = path => File.Exists(Path.Combine(folder, path)) ? new PolicyFileText(File.ReadAllText(Path.Combine(folder, path)), null) : PolicyFileText.Unreadable("does not exist"),
    };

    private static IEnumerable<string> Golden(string project) => Directory
        .EnumerateDirectories(Path.Combine(RepositoryRoot.Path, "tests", project, "golden")).Order(StringComparer.Ordinal)
        .Select(folder => Path.GetRelativePath(RepositoryRoot.Path, folder));
}
