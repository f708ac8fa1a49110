// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;
using Cagent.TestKit.Http;
using Cagent.TestKit.Vault;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>Entries whose credentials come from a Vault (a fake that speaks its API), from programs and from a file, all refreshed within seconds.</summary>
public sealed class SourceDeployment : SharedDeployment
{
    public const string FromVault = "vault.example.com";
    public const string FromProgram = "program.example.com";
    public const string FromFile = "file.example.com";
    public const string ShortLived = "short.example.com";

    private readonly TemporaryFolder _folder = new();

    /// <summary>The Vault, with AppRole and leases of a few seconds.</summary>
    public FakeVault Vault { get; } = new(TimeProvider.System);

    /// <summary>While this file is there the program fails, and says the secret on standard error.</summary>
    public string FailureMark => _folder.Combine("fail");

    public Upstream Web { get; private set; } = null!;

    /// <summary>Makes a value that the sweep at the end looks for in every output.</summary>
    public string NewValue() => $"{Guid.NewGuid():N}-{Deployment.Secret}";

    /// <summary>The next value at the source of a host.</summary>
    public void Rotate(string host, string value)
    {
        switch (host)
        {
            case FromVault:
                Vault.Put("secret/data/web", "token", value);
                break;
            default:
                File.Move(_folder.Write("new", value), _folder.Combine(host), overwrite: true);
                break;
        }
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Vault.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task StartAsync(Deployment deployment)
    {
        string[] names = [FromVault, FromProgram, FromFile, ShortLived];
        Web = await deployment.Internet.AddHttpsAsync(FromVault, certificateNames: names);
        foreach (string name in names)
        {
            deployment.Internet.Dns.Set(name, Web.EndPoint.Address);
        }

        string secretId = $"secret-id-{deployment.Secret}";
        Vault.AppRole = ("role-of-cagent", secretId);
        Vault.Role = new VaultGrant(TimeSpan.FromSeconds(4)) { MaxLife = TimeSpan.FromSeconds(10) };
        await Vault.StartAsync();
        Vault.Put("secret/data/web", "token", $"first-{deployment.Secret}");
        _folder.Write(FromProgram, $"first-{deployment.Secret}");
        _folder.Write(FromFile, $"first-{deployment.Secret}");
        const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        string program = _folder.Write("program", $"#!/bin/sh\nif [ -e {FailureMark} ]; then cat {_folder.Combine(FromProgram)} >&2; exit 1; fi\nexec cat {_folder.Combine(FromProgram)}\n", Executable);
        // A value that tells its own end, for the upstream to look at.
        string tokens = _folder.Write(
            "tokens", $$$"""
            #!/bin/sh
            end=$(( $(date +%s) + 4 ))
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s-%s","expirationTimestamp":"%s"}}' "$end" '{{{deployment.Secret}}}' "$(date -u -d @$end +%Y-%m-%dT%H:%M:%SZ)"
            """, Executable);
        string policy = deployment.Head
            + $$"""
                  vault:
                    from: vault
                    address: {{Vault.Address}}
                    path: secret/data/web
                    field: token
                    refresh: 1s
                    max_stale: 5s
                    app_role:
                      role_id: {from: file, path: {{_folder.Write("role-id", "role-of-cagent")}} }
                      secret_id: {from: file, path: {{_folder.Write("secret-id", secretId)}} }
                  program: {from: exec, command: [{{program}}], refresh: 1s, max_stale: 5s}
                  short: {from: exec, command: [{{tokens}}]}
                  file: {from: file, path: {{_folder.Combine(FromFile)}} }
                domains:

                """
            + Deployment.Entry(FromVault, Web, Use("vault"))
            + Deployment.Entry(FromProgram, Web, Use("program"))
            + Deployment.Entry(ShortLived, Web, Use("short"))
            + Deployment.Entry(FromFile, Web, Use("file"));
        await deployment.StartAsync(policy);
    }

    private static string Use(string credential) => $"allow: [\"GET /**\"], credential: {{use: {credential}, header: X-Api-Key}}";
}
