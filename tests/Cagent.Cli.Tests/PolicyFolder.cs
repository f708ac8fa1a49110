// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;

namespace Cagent.Cli.Tests;

/// <summary>A folder with policy files for commands that need nothing else.</summary>
internal sealed class PolicyFolder : IDisposable
{
    public const string Example = """
        version: 1
        credentials: {key: {from: env, name: KEY}}
        domains:
          - domain: api.example.com
            allow:
              - GET /v1/**
              - POST /v1/items
            deny: ["* /v1/secret/**"]
            credential: {use: key, header: Authorization, format: "Bearer {value}"}
          - {domain: ro.example.com, read_only: true}
          - {domain: db.example.com, port: 5432, tls: passthrough}

        """;

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string text, string name = "cagent.yaml")
    {
        string file = _folder.Combine(name);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => _folder.Dispose();
}
