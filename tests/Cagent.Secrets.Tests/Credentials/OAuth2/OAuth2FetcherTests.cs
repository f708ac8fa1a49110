// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Credentials;
using Cagent.Secrets.Credentials.Fetching;
using Cagent.Secrets.Credentials.Http;
using Cagent.Secrets.Credentials.OAuth2;
using Cagent.TestKit.Files;
using Cagent.TestKit.Time;

namespace Cagent.Secrets.Tests.Credentials.OAuth2;

/// <summary>What is asked, what of the answer is used, and that nothing of a secret or an answer is in what people read.</summary>
public sealed class OAuth2FetcherTests : IAsyncLifetime, IDisposable
{
    private const string Id = "client:of ours";
    private const string Password = "pass+word/5f0a";
    private const string First = "refresh-first-5f0a";

    private readonly ManualTime _time = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SourceHttp _http;
    private TokenServer _server = null!;

    public OAuth2FetcherTests()
    {
        _http = new SourceHttp(_time);
        File.WriteAllText(_folder.Combine("id"), Id);
        File.WriteAllText(_folder.Combine("password"), Password);
        File.WriteAllText(_folder.Combine("refresh"), First);
    }

    private string State => _folder.Combine("state");

    public async Task InitializeAsync() => _server = await TokenServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_ByClientCredentials_AsksAsTheServerWantsIt(bool isBasic)
    {
        _server.Then(200, """{"access_token":"at-1","token_type":"bearer","expires_in":3600}""");

        FetchOutcome.Fetched fetched = Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(Grant(isBasic)));

        Assert.Equal("at-1", fetched.Value.Reveal());
        Assert.Equal(_time.GetUtcNow().AddSeconds(3590), fetched.ExpiresAt);
        (string? authorization, Dictionary<string, string> form) = Assert.Single(_server.Asked);
        Assert.Equal(isBasic ? "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("client%3Aof+ours:pass%2Bword%2F5f0a")) : null, authorization);
        Assert.Equal(("client_credentials", "read write", "https://api"), (form["grant_type"], form["scope"], form["audience"]));
        Assert.Equal(isBasic ? (null, null) : (Id, Password), (form.GetValueOrDefault("client_id"), form.GetValueOrDefault("client_secret")));
    }

    [Theory]
    [InlineData("""{"access_token":"at-1","token_type":"Bearer"}""", 3590)]
    [InlineData("""{"access_token":"at-1","token_type":"Bearer","expires_in":"20"}""", 18)]
    [InlineData("""{"access_token":"at-1","token_type":"Bearer","expires_in":null}""", 3590)]
    public async Task Fetch_LifetimeOfAnyForm_IsUsedOrAssumed(string answer, int seconds)
    {
        _server.Then(200, answer);

        Assert.Equal(_time.GetUtcNow().AddSeconds(seconds), Assert.IsType<FetchOutcome.Fetched>(await FetchAsync(Grant())).ExpiresAt);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_client","error_description":"5f0a"}""", "Refused", "invalid_client")]
    [InlineData(401, """{"error":"invalid_client"}""", "Refused", "client_auth")]
    [InlineData(400, """{"error":"invalid_scope"}""", "Refused", "invalid_scope")]
    [InlineData(400, """{"error":"own_error_5f0a"}""", "Invalid", "status 400")]
    [InlineData(302, "", "Invalid", "redirects")]
    [InlineData(404, "<html>5f0a", "Invalid", "status 404")]
    [InlineData(503, "5f0a", "Unavailable", "status 503")]
    [InlineData(429, "", "Unavailable", "status 429")]
    [InlineData(200, "5f0a", "Invalid", "no JSON object")]
    [InlineData(200, """["5f0a"]""", "Invalid", "no JSON object")]
    [InlineData(200, """{"token_type":"Bearer"}""", "Invalid", "no access_token")]
    [InlineData(200, """{"access_token":5,"token_type":"Bearer"}""", "Invalid", "no access_token")]
    [InlineData(200, """{"access_token":"5f0a","token_type":"mac"}""", "Invalid", "token_type")]
    [InlineData(200, """{"access_token":"5f0a\r\nx: y","token_type":"Bearer"}""", "Invalid", "line break")]
    [InlineData(200, """{"access_token":"\ud800","token_type":"Bearer"}""", "Invalid", "no access_token")]
    public async Task Fetch_AnswerThatIsNoToken_IsAFailureWithoutAnyOfIt(int status, string body, string failure, string part)
    {
        _server.Then(status, body);

        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Grant()));

        Assert.Equal(failure, failed.Failure.ToString());
        Assert.Contains(part, failed.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("5f0a", failed.Problem, StringComparison.Ordinal);
        Assert.False(failed.Withdraws);
    }

    [Fact]
    public async Task Fetch_WithoutItsSecret_IsNotReadyAndAsksNobody()
    {
        File.Delete(_folder.Combine("password"));

        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Grant()));

        Assert.Equal(FetchFailure.NotReady, failed.Failure);
        Assert.StartsWith("client_secret: ", failed.Problem, StringComparison.Ordinal);
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task Fetch_TokensThatRotate_AreEachUsedOnceAlsoAfterARestart()
    {
        Rotate("2");
        Rotate("3");
        Rotate("4");
        await FetchAsync(Refresh());
        await FetchAsync(Refresh());
        OAuth2Fetcher restarted = Fetcher();

        FetchOutcome.Fetched fetched = Assert.IsType<FetchOutcome.Fetched>(await restarted.FetchAsync(Refresh(), default));

        Assert.Equal("at-4", fetched.Value.Reveal());
        Assert.Equal([First, "refresh-2-5f0a", "refresh-3-5f0a"], _server.Asked.Select(asked => asked.Form["refresh_token"]));
        Assert.Equal("refresh_token", _server.Asked.First().Form["grant_type"]);
    }

    [Fact]
    public async Task Fetch_TokenThatStays_IsUsedAgain()
    {
        _server.Then(200, """{"access_token":"at-1","token_type":"Bearer","expires_in":60}""");
        await FetchAsync(Refresh());
        await FetchAsync(Refresh());

        Assert.Equal([First, First], _server.Asked.Select(asked => asked.Form["refresh_token"]));
    }

    [Fact]
    public async Task Fetch_AnotherFirstToken_BeginsAnew()
    {
        Rotate("2");
        await FetchAsync(Refresh());
        File.WriteAllText(_folder.Combine("refresh"), "refresh-new-5f0a");
        await FetchAsync(Refresh());

        Assert.Equal([First, "refresh-new-5f0a"], _server.Asked.Select(asked => asked.Form["refresh_token"]));
    }

    [Fact]
    public async Task Fetch_StoredTokens_AreSealedAndPrivate()
    {
        Rotate("2");
        await FetchAsync(Refresh());

        string[] files = Directory.GetFiles(State);
        Assert.Equal(["k.token", "key"], files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        Assert.All(files, file => Assert.DoesNotContain("5f0a", File.ReadAllText(file), StringComparison.Ordinal));
    }

    /// <summary>When the answer's token can be used, the refresh token that came with it is on disk.</summary>
    [Fact]
    public async Task Fetch_StateThatCannotBeWritten_GivesNoTokenAndLosesNone()
    {
        Rotate("2");
        Rotate("3");
        _server.BeforeAnswer = () => { Directory.CreateDirectory(Path.Combine(State, "k.token")); }; // a folder in its place: root may write everywhere
        OAuth2Fetcher fetcher = Fetcher();

        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await fetcher.FetchAsync(Refresh(), default));
        Assert.Contains("the access token that came with it is not used", failed.Problem, StringComparison.Ordinal);

        _server.BeforeAnswer = null;
        Directory.Delete(Path.Combine(State, "k.token"));
        Assert.Equal("at-3", Assert.IsType<FetchOutcome.Fetched>(await fetcher.FetchAsync(Refresh(), default)).Value.Reveal());
        Assert.Equal([First, "refresh-2-5f0a"], _server.Asked.Select(asked => asked.Form["refresh_token"]));
    }

    /// <summary>Cagent was killed, or the connection broke, between the answer and its storing.</summary>
    [Fact]
    public async Task Fetch_AfterAnAnswerThatGotLost_SaysSo()
    {
        Rotate("2");
        await FetchAsync(Refresh());
        string stored = File.ReadAllText(Path.Combine(State, "k.token"));
        _server.BeforeAnswer = () => throw new InvalidOperationException("the connection breaks");
        await FetchAsync(Refresh());
        _server.BeforeAnswer = null;
        _server.Then(400, """{"error":"invalid_grant"}""");

        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await Fetcher().FetchAsync(Refresh(), default));

        Assert.Equal(FetchFailure.Refused, failed.Failure);
        Assert.Contains("never answered to the end", failed.Problem, StringComparison.Ordinal);
        Assert.Equal(stored, File.ReadAllText(Path.Combine(State, "k.token")));
        // And it goes on saying so, until a new first token is there.
        Assert.Contains("never answered to the end", Assert.IsType<FetchOutcome.Failed>(await Fetcher().FetchAsync(Refresh(), default)).Problem, StringComparison.Ordinal);
        File.WriteAllText(_folder.Combine("refresh"), "refresh-new-5f0a");
        Assert.DoesNotContain("never answered", Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Refresh())).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_RefusedRefreshToken_TellsWhichOne()
    {
        _server.Then(400, """{"error":"invalid_grant"}""");
        Assert.Contains("the policy's refresh token", Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Refresh())).Problem, StringComparison.Ordinal);
        Rotate("2");
        await FetchAsync(Refresh());
        _server.Then(400, """{"error":"invalid_grant"}""");
        Assert.Contains("gave last", Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Refresh())).Problem, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(State, "*.asking"));
    }

    [Theory]
    [InlineData("key", "is gone")]
    [InlineData("key ", "can be read by others")]
    [InlineData("k.token", "changed or written with another key")]
    [InlineData("k.token ", "not whole")]
    public async Task Fetch_StateThatWasDamaged_SaysSoAndAsksNobody(string file, string problem)
    {
        Rotate("2");
        await FetchAsync(Refresh());
        string path = Path.Combine(State, file.Trim());
        switch (file)
        {
            case "key":
                File.Delete(path);
                break;
            case "key ":
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
                break;
            case "k.token":
                string text = File.ReadAllText(path);
                int at = text.IndexOf("Token\":\"", StringComparison.Ordinal) + 24;
                File.WriteAllText(path, text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..]);
                break;
            default:
                File.WriteAllText(path, "{");
                break;
        }

        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await FetchAsync(Refresh()));

        Assert.Equal(FetchFailure.NotReady, failed.Failure);
        Assert.Contains(problem, failed.Problem, StringComparison.Ordinal);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task Fetch_WithoutAStateFolder_SaysSo()
    {
        FetchOutcome.Failed failed = Assert.IsType<FetchOutcome.Failed>(await new OAuth2Fetcher(true, _http, new RefreshTokenStore(null), _time).FetchAsync(Refresh(), default));

        Assert.Contains("cagent up", failed.Problem, StringComparison.Ordinal);
        Assert.Empty(_server.Asked);
    }

    private Task<FetchOutcome> FetchAsync(OAuth2CredentialDefinition definition) => Fetcher(definition.RefreshToken is not null).FetchAsync(definition, default);

    /// <summary>One as after a restart: it knows what is on disk and no more.</summary>
    private OAuth2Fetcher Fetcher(bool refreshes = true) => new(refreshes, _http, new RefreshTokenStore(State), _time);

    private void Rotate(string name) => _server.Then(200, $$"""{"access_token":"at-{{name}}","token_type":"Bearer","expires_in":60,"refresh_token":"refresh-{{name}}-5f0a"}""");

    private OAuth2CredentialDefinition Grant(bool isBasic = true) =>
        new("k", new OAuth2ClientDefinition(_server.Url, Plain("id"), Plain("password"), !isBasic), new TextList(["read", "write"]), "https://api", null);

    private OAuth2CredentialDefinition Refresh() =>
        new("k", new OAuth2ClientDefinition(_server.Url, Plain("id"), null), new TextList([]), null, Plain("refresh"));

    private FileCredentialDefinition Plain(string file) => new("k." + file, _folder.Combine(file));
}
