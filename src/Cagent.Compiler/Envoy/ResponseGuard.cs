// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Cagent.Compiler.Lowering;
using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.Lua.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cagent.Compiler.Envoy;

/// <summary>
/// Takes the injected credential out of the headers and trailers of responses (attack F6). A script in Envoy and no question to Cagent: it reads
/// the value from the request, so that no secret stands in a configuration or on another wire, and costs no round trip. It runs
/// only on routes that inject, and nothing that it cannot look through passes.
/// </summary>
internal static class ResponseGuard
{
    private const string ScriptName = "response-guard";

    private static readonly string s_script = Read();

    // An interpreter each for 300 chains of agents takes 130 MB, one for all of them 8 (Envoy 1.40, two workers). Another version's is another one.
    private static readonly string s_interpreter = $"{ScriptName}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(s_script)))[..16]}";

    /// <summary>Constant; does nothing on routes without <see cref="Configure"/>.</summary>
    public static HttpFilter Filter() => TypedConfig.Http(EnvoyNames.GuardFilter, new Lua
    {
        SourceCodes = { [ScriptName] = new DataSource { InlineString = s_script } },
        StatPrefix = "guard",
        SharedVmId = s_interpreter,
    });

    /// <summary>Switches it on for a route of an entry with a credential.</summary>
    public static void Configure(MapField<string, Any> perFilter, EntryIr entry)
    {
        if (entry.Credential is not null)
        {
            Routes.Configure(perFilter, EnvoyNames.GuardFilter, new LuaPerRoute { Name = ScriptName });
        }
    }

    /// <summary>Without comments and indentation: it stands in every chain of an agent.</summary>
    private static string Read()
    {
        using StreamReader reader = new(typeof(ResponseGuard).Assembly.GetManifestResourceStream("response-guard.lua")!, Encoding.UTF8);
        IEnumerable<string> lines = reader.ReadToEnd().Split('\n').Select(line => line.Trim());
        return string.Join('\n', lines.Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)));
    }
}
