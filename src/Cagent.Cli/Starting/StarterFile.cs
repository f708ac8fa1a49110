// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;

namespace Cagent.Cli.Starting;

/// <summary>The text of a first policy.</summary>
internal static class StarterFile
{
    private const string Head = """
        # yaml-language-server: $schema=cagent.schema.json
        # What agents may reach through Cagent. Everything that is not listed here is denied.
        #
        #   cagent validate                     what is wrong with this file
        #   cagent explain GET https://…        what it does with a request, and which line decides
        #   cagent profiles list                ready-made entries to use below
        #   cagent schema > cagent.schema.json  beside this file: editors then complete and check it
        #
        # `cagent up` puts it in force, and every change of it within a second.
        version: 1

        """;

    private const string Domains = """

        # Entries of your own. For a request exactly one decides: that of its host and port.
        domains:
          - domain: example.com
            description: Public, without a credential; good for a first test.
            read_only: true                  # GET, HEAD and OPTIONS

          # An API that the agent uses without holding its key:
          # - domain: api.example.org
          #   allow:                         # METHODS PATH; what is not named is denied
          #     - GET /v1/**
          #     - POST /v1/items
          #   deny: ["* /v1/admin/**"]       # wins over allow
          #   credential: {use: example, header: Authorization, format: "Bearer {value}"}

          # A host inside your network; private addresses are closed but for these:
          # - {domain: git.internal.example, addresses: [10.20.0.0/16], read_only: true}

          # A database, by TLS that is not opened:
          # - {domain: db.example.org, port: 5432, tls: passthrough}

        """;

    public static string Write(ImmutableArray<ProfileChoice> profiles)
    {
        StringBuilder text = new(Head);
        WriteCredentials(text, profiles);
        text.Append("\n# Ready-made entries; `cagent profiles show NAME` prints what one allows and leaves out.\n");
        text.Append(profiles.IsEmpty ? "# profiles: [github-readonly, {use: npm-readonly, host: npm.mirror.example}]\n" : "profiles:\n");
        foreach (ProfileChoice profile in profiles)
        {
            string arguments = string.Concat(profile.Arguments.Select(argument => $", {argument.Name}: {Quote(argument.Value)}"));
            text.Append("  - ").Append(arguments.Length == 0 ? profile.Name : $"{{use: {profile.Name}{arguments}}}").Append('\n');
        }

        return text.Append(Domains).ToString();
    }

    private static void WriteCredentials(StringBuilder text, ImmutableArray<ProfileChoice> profiles)
    {
        (string Name, string Variable)[] credentials = [.. profiles.SelectMany(profile => profile.Credentials).DistinctBy(credential => credential.Name, StringComparer.Ordinal)];
        text.Append("\n# Where credentials come from: variables of the environment in which Cagent starts, or files. A value never stands here, and\n# an agent never sees one.\n");
        text.Append(credentials.Length == 0 ? "# " : "").Append("credentials:\n");
        foreach ((string name, string variable) in credentials)
        {
            text.Append("  ").Append(Quote(name)).Append(": {from: env, name: ").Append(variable).Append("}\n");
        }

        text.Append("#   example: {from: env, name: EXAMPLE_TOKEN}\n#   other: {from: file, path: /run/secrets/other}\n");
    }

    // What begins with a letter and holds nothing else is text to every reader of YAML, but for these words.
    private static string Quote(string value) =>
        char.IsAsciiLetter(value[0]) && value.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n") && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') ? value : $"\"{value}\"";
}
