// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Cagent.Policy;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Language;
using Cagent.Policy.Schema;

namespace Cagent.Docs.Tests.Schema;

/// <summary>The model describes what the reader does: every key of it is read, and none is taken and then ignored.</summary>
public sealed class LanguageModelTests
{
    [Theory]
    [MemberData(nameof(LanguageBlocks.Names), MemberType = typeof(LanguageBlocks))]
    public void Reader_EveryKeyOfTheModel_IsRead(string block)
    {
        LanguageBlock place = LanguageBlocks.All[block];
        foreach (LanguageKey key in place.Keys.Keys)
        {
            // A list in a list is wrong for every key, so whoever reads the key says so.
            PolicyLoadResult result = place.Load(new JsonObject { [key.Name] = new JsonArray(new JsonArray()) });
            // The entries of a profile are told by the use of it.
            string[] paths = [place.PathOf(key.Name), $"profiles[0].{place.PathOf(key.Name)}"];
            string[] codes = [.. result.Diagnostics.Where(diagnostic => paths.Any(path => diagnostic.KeyPath?.StartsWith(path, StringComparison.Ordinal) == true)).Select(diagnostic => diagnostic.Code)];
            Assert.True(codes.Contains(key.IsPlanned ? DiagnosticCodes.NotSupported : DiagnosticCodes.WrongType), $"{place.PathOf(key.Name)}: {string.Join(", ", result.Diagnostics)}");
        }
    }

    [Theory]
    [MemberData(nameof(LanguageBlocks.Names), MemberType = typeof(LanguageBlocks))]
    public void Reader_KeyOutsideTheModel_IsRefused(string block)
    {
        LanguageBlock place = LanguageBlocks.All[block];
        PolicyLoadResult result = place.Load(new JsonObject { ["no_such_key"] = new JsonArray() });
        // A use of a profile takes any argument, which its profile then judges.
        string expected = place.Keys == AgentKeys.ProfileUse ? DiagnosticCodes.WrongType : DiagnosticCodes.UnknownKey;
        Assert.Contains(result.Diagnostics, diagnostic => diagnostic.Code == expected && diagnostic.KeyPath == place.PathOf("no_such_key"));
    }

    [Theory]
    [MemberData(nameof(LanguageBlocks.Names), MemberType = typeof(LanguageBlocks))]
    public void Reader_RequiredKeys_AreRequired(string block)
    {
        LanguageBlock place = LanguageBlocks.All[block];
        HashSet<string> missing = [.. place.Load([]).Diagnostics.Where(diagnostic => diagnostic.Code == DiagnosticCodes.MissingKey).Select(diagnostic => diagnostic.KeyPath!)];
        IEnumerable<string> required = place.Keys.Keys.Where(key => key.IsRequired && key.Name is not ("from" or "version")).Select(key => place.PathOf(key.Name));
        string[] sometimes = [place.PathOf("header"), place.PathOf("requests")];
        Assert.Equal(required.Order(StringComparer.Ordinal).Except(sometimes), missing.Where(path => path.StartsWith(place.PathOf(""), StringComparison.Ordinal)).Order(StringComparer.Ordinal).Except(sometimes));
    }

    [Theory]
    [MemberData(nameof(LanguageBlocks.Names), MemberType = typeof(LanguageBlocks))]
    public void Reader_ExamplesOfTheModel_HaveTheRightShape(string block)
    {
        LanguageBlock place = LanguageBlocks.All[block];
        foreach (LanguageKey key in place.Keys.Keys.Where(key => !key.IsPlanned))
        {
            Assert.NotNull(key.Example);
            PolicyLoadResult result = place.Load(new JsonObject { [key.Name] = ExampleText.ToJson(key.Example) });
            string[] wrong = [DiagnosticCodes.WrongType, DiagnosticCodes.UnknownKey, DiagnosticCodes.UnknownValue, DiagnosticCodes.BadNumber, DiagnosticCodes.BadDuration, DiagnosticCodes.BadSize, DiagnosticCodes.BadTimestamp, DiagnosticCodes.BadUrl, DiagnosticCodes.BadHost, DiagnosticCodes.BadRule, DiagnosticCodes.BadAddress, DiagnosticCodes.BadCredentialSource, DiagnosticCodes.BadResolver, DiagnosticCodes.BadAgentName];
            Assert.Empty(result.Diagnostics.Where(diagnostic => wrong.Contains(diagnostic.Code) && diagnostic.KeyPath?.StartsWith(place.PathOf(key.Name), StringComparison.Ordinal) == true).Select(diagnostic => diagnostic.ToString()));
        }
    }
}
