// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;
using Cagent.Secrets.Credentials.Vault;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;
using Cagent.TestKit.Vault;

namespace Cagent.Secrets.Tests.Credentials.Vault;

/// <summary>Against <see cref="FakeVault"/>, whose contract is the public API documentation; the clock of leases is the test's.</summary>
public sealed class VaultFetcherTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Path = "secret/data/billing";

    private readonly ManualTime _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly FakeVault _vault;
    private readonly SourceHttp _http;
    private readonly VaultFetcher _fetcher;

    public VaultFetcherTests()
    {
        _vault = new FakeVault(_time);
        _http = new SourceHttp(_time);
        _fetcher = new VaultFetcher(_http, _time);
    }

    public async Task InitializeAsync()
    {
        await _vault.StartAsync();
        _vault.AddToken("root", new VaultGrant(TimeSpan.Zero));
        _vault.Put(Path, "token", "the-value");
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _vault.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Fetch_KvVersion2_ReadsTheNewestVersion()
    {
        VaultCredentialDefinition definition = Definition(Token("root"));
        Assert.Equal("the-value", await ValueAsync(definition));
        _vault.Put(Path, "token", "the-next");
        Assert.Equal("the-next", await ValueAsync(definition));
        Assert.All(_vault.Requests, request => Assert.Equal("root", request.Token));
    }

    [Fact]
    public async Task Fetch_KvVersion1_ReadsTheFieldItself()
    {
        _vault.Put("kv/billing", "token", "of-version-1", version: 1);
        Assert.Equal("of-version-1", await ValueAsync(Definition(Token("root"), "kv/billing", version: 1)));
    }

    [Fact]
    public async Task Fetch_VersionWithADeletionTime_EndsWithIt()
    {
        DateTimeOffset end = _time.GetUtcNow().AddMinutes(10);
        _vault.Put(Path, "token", "short", deletion: end);
        Assert.Equal(end, Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(Definition(Token("root")))).ExpiresAt);
    }

    [Fact]
    public async Task Fetch_Namespace_GoesWithEachRequest()
    {
        _vault.Put(Path, "token", "of-the-team", @namespace: "teams/a");
        Assert.Equal("of-the-team", await ValueAsync(Definition(AppRole(), @namespace: "teams/a")));
        Assert.All(_vault.Requests, request => Assert.Equal("teams/a", request.Namespace));
    }

    [Fact]
    public async Task AppRole_TwoCredentials_ShareOneLogin()
    {
        _vault.Put("secret/data/other", "token", "the-other");
        await Task.WhenAll(ValueAsync(Definition(AppRole())), ValueAsync(Definition(AppRole(), "secret/data/other")));
        Assert.Single(_vault.Requests, request => request.Path == "auth/approle/login");
    }

    [Fact]
    public async Task Kubernetes_LogsInWithTheTokenOfTheAccount() =>
        Assert.Equal("the-value", await ValueAsync(Definition(new VaultLogin.Kubernetes("kubernetes", "cagent", File("jwt", "jwt-of-the-pod\n")))));

    [Fact]
    public async Task Lease_HalfOver_IsRenewedAndNoLoginFollows()
    {
        _vault.Role = new VaultGrant(TimeSpan.FromSeconds(60));
        VaultCredentialDefinition definition = Definition(AppRole());
        FetchOutcome.Fetched first = Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(definition));
        Assert.Equal(TimeSpan.FromSeconds(30), first.RefreshIn); // sooner than the policy's refresh, or the lease would end in between
        for (int i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            Assert.Equal("the-value", await ValueAsync(definition));
        }

        Assert.Single(_vault.Requests, request => request.Path == "auth/approle/login");
        Assert.Equal(10, _vault.Requests.Count(request => request.Path == "auth/token/renew-self"));
    }

    [Fact]
    public async Task Lease_AtItsMaximum_IsReplacedByANewLogin()
    {
        _vault.Role = new VaultGrant(TimeSpan.FromSeconds(60)) { MaxLife = TimeSpan.FromSeconds(100) };
        VaultCredentialDefinition definition = Definition(AppRole());
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal("the-value", await ValueAsync(definition));
            _time.Advance(TimeSpan.FromSeconds(31));
        }

        Assert.InRange(_vault.Requests.Count(request => request.Path == "auth/approle/login"), 3, 5);
    }

    [Fact]
    public async Task Lease_ThatCannotBeRenewed_IsReplacedByANewLogin()
    {
        _vault.Role = new VaultGrant(TimeSpan.FromSeconds(60), IsRenewable: false);
        VaultCredentialDefinition definition = Definition(AppRole());
        await ValueAsync(definition);
        _time.Advance(TimeSpan.FromSeconds(31));
        await ValueAsync(definition);
        Assert.Equal(2, _vault.Requests.Count(request => request.Path == "auth/approle/login"));
        Assert.DoesNotContain(_vault.Requests, request => request.Path == "auth/token/renew-self");
    }

    [Fact]
    public async Task Token_OfSomebodyElse_IsRenewed()
    {
        _vault.AddToken("made", new VaultGrant(TimeSpan.FromSeconds(60)));
        VaultCredentialDefinition definition = Definition(Token("made"));
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("the-value", await ValueAsync(definition));
            _time.Advance(TimeSpan.FromSeconds(40));
        }
    }

    [Fact]
    public async Task Token_Revoked_IsReplacedByANewLoginAtOnce()
    {
        VaultCredentialDefinition definition = Definition(AppRole());
        await ValueAsync(definition);
        _vault.RevokeAll();
        Assert.Equal("the-value", await ValueAsync(definition));
    }

    [Fact]
    public async Task SecretId_ThatChanges_MakesANewLogin()
    {
        VaultCredentialDefinition definition = Definition(AppRole());
        await ValueAsync(definition);
        _vault.AppRole = ("role-of-cagent", "rotated");
        _vault.RevokeAll();
        Assert.Equal((FetchFailure.Refused, true), Refusal(await FetchAsync(definition)));
        File("secret_id", "rotated");
        Assert.Equal("the-value", await ValueAsync(definition));
    }

    [Theory]
    [InlineData("secret/data/nothing", 2, "token", "there is no secret secret/data/nothing")]
    [InlineData("secret/nothing", 1, "token", "in an engine of version 2 the path is MOUNT/data/NAME")]
    [InlineData(Path, 2, "tokn", "has no field tokn; it has 1 others")]
    public async Task Fetch_Missing_SaysWhatAndWithdraws(string path, int version, string field, string problem)
    {
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(Token("root"), path, version, field)));
        Assert.Equal((FetchFailure.Missing, true), (failed.Failure, failed.Withdraws));
        Assert.Contains(problem, failed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_DeletedVersion_SaysSo()
    {
        _vault.Delete(Path);
        Assert.StartsWith("the newest version of secret/data/billing was deleted", Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(Token("root")))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_WithoutThePolicy_NamesThePathAndTheCapability()
    {
        _vault.Role = _vault.Role with { Paths = ["secret/data/other"] };
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(AppRole())));
        Assert.Contains("needs path \"secret/data/billing\" with the capability read", failed.Problem, StringComparison.Ordinal);
        Assert.Equal(2, _vault.Requests.Count(request => request.Path == "auth/approle/login")); // one try more, no storm
    }

    [Fact]
    public async Task Fetch_Sealed_IsAnOutage()
    {
        _vault.IsSealed = true;
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(AppRole())));
        Assert.Equal((FetchFailure.Unavailable, false), (failed.Failure, failed.Withdraws));
        Assert.Contains("sealed", failed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NobodyListens_IsAnOutage()
    {
        await _vault.StopAsync();
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Definition(AppRole())));
        Assert.Equal((FetchFailure.Unreachable, $"nothing listens at {_vault.Address}", false), (failed.Failure, failed.Problem, failed.Withdraws));
    }

    [Fact]
    public async Task Fetch_LoginsSecretIsNotThere_AsksNobody()
    {
        VaultLogin login = new VaultLogin.Token(new FileCredentialDefinition("token", _folder.Combine("none")));
        Assert.Equal((FetchFailure.NotReady, false), Refusal(await FetchAsync(Definition(login))));
        Assert.Empty(_vault.Requests);
    }

    [Fact]
    public async Task Fetch_OverTls_TrustsTheNamedRootsAlone()
    {
        using TestCa ca = new();
        using TestCa other = new("Other Root");
        await using FakeVault vault = new(_time, ca.Issue("localhost"));
        await vault.StartAsync();
        vault.AddToken("root", new VaultGrant(TimeSpan.Zero));
        vault.Put(Path, "token", "the-value");
        VaultCredentialDefinition definition = Definition(Token("root"));
        string address = vault.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        FetchOutcome trusted = await FetchAsync(definition with { Server = definition.Server with { Address = address, CaFile = ca.RootFile } });
        FetchOutcome unknown = await FetchAsync(definition with { Server = definition.Server with { Address = address, CaFile = other.RootFile } });
        FetchOutcome system = await FetchAsync(definition with { Server = definition.Server with { Address = address } });
        Assert.IsType<FetchOutcome.Fetched>(trusted);
        Assert.Contains("TLS with", Assert.IsType<FetchOutcome.Failed>(unknown).Problem, StringComparison.Ordinal);
        Assert.Contains("ca_file", Assert.IsType<FetchOutcome.Failed>(system).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_OfAnyKind_HoldNoSecret()
    {
        VaultCredentialDefinition wrong = Definition(new VaultLogin.AppRole("approle", File("role_id", "role-of-cagent"), File("secret_id", "s3cr3t-wrong")));
        FetchOutcome refused = await FetchAsync(wrong);
        _vault.Put(Path, "token", "s3cr3t-value\nwith a line break");
        FetchOutcome invalid = await FetchAsync(Definition(Token("root")));
        Assert.All([refused, invalid], outcome => Assert.DoesNotContain("s3cr3t", $"{outcome}", StringComparison.Ordinal));
        Assert.IsType<FetchOutcome.Failed>(invalid);
    }

    private static (FetchFailure Failure, bool Withdraws) Refusal(FetchOutcome outcome) =>
        outcome is FetchOutcome.Failed failed ? (failed.Failure, failed.Withdraws) : throw new InvalidOperationException("fetched");

    private FileCredentialDefinition File(string name, string text) => new(name, _folder.Write(name, text));

    private VaultLogin.Token Token(string token) => new(File("token", token));

    private VaultLogin.AppRole AppRole() => new("approle", File("role_id", "role-of-cagent"), File("secret_id", "secret-of-cagent"));

    private VaultCredentialDefinition Definition(VaultLogin login, string path = Path, int version = 2, string field = "token", string? @namespace = null) =>
        new("billing", new VaultServerDefinition(_vault.Address, @namespace, null, login), path, version, field, TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));

    private Task<FetchOutcome> FetchAsync(VaultCredentialDefinition definition) => _fetcher.FetchAsync(definition, CancellationToken.None);

    private async Task<string> ValueAsync(VaultCredentialDefinition definition) => Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(definition)).Value.Reveal();
}
