// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Cagent.TestKit.Clients;
using Cagent.TestKit.Processes;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>
/// Guarantee: an injected credential is in no response, no output, no log, no file of the state folder and nothing that
/// Envoy's admin interface tells, in whatever spelling.
/// </summary>
public sealed class LeakTests(CredentialDeployment shared) : IClassFixture<CredentialDeployment>
{
    private Deployment Deployment => shared.Deployment;

    [EnvoyFact]
    public async Task Attack_F9_SecretInAnyOutput()
    {
        const string FileSecret = "sk-file-5f1e0c7a9d+/=";
        await File.WriteAllTextAsync(shared.CredentialFile, FileSecret);
        SecretForms[] secrets = [new(Deployment.Secret), new(FileSecret)];
        StringBuilder responses = new();
        foreach (bool http2 in (bool[])[false, true])
        {
            using ProxyHttp http = Deployment.Http(http2);
            foreach ((string host, string path) in Requests())
            {
                using HttpResponseMessage response = await http.Client.GetAsync($"https://{host}:{shared.Web.Port}{path}");
                responses.Append(response).Append(await response.Content.ReadAsStringAsync());
            }
        }

        responses.Append(await Deployment.SendAsync(CredentialDeployment.Bearer, shared.Web.Port, $"TRACE /upload HTTP/1.1\r\nhost: {CredentialDeployment.Bearer}:{shared.Web.Port}\r\n\r\n"));
        Assert.Contains(shared.Web.Requests, request => request.Header("authorization") == $"Bearer {Deployment.Secret}");
        Denial last = Denial.Of(await Deployment.SendAsync(CredentialDeployment.Bearer, shared.Web.Port, $"GET /no HTTP/1.1\r\nhost: {CredentialDeployment.Bearer}:{shared.Web.Port}\r\n\r\n"));
        await new AccessLogFile(Deployment.Cagent.StateFolder).FindAsync(last.Id!);

        List<(string Where, string Text)> places = [("a response", responses.ToString()), .. await SecretSweep.PlacesAsync(Deployment.Cagent)];

        foreach ((string where, string text) in places)
        {
            Array.ForEach(secrets, secret => secret.ShouldNotBeIn(text, where));
        }

        string[] files = [.. places.Select(place => place.Where)];
        Assert.Contains("status.json", files);
        Assert.Contains(Path.Combine("logs", "access.log"), files);
        Assert.Contains(Path.Combine("run", "envoy.log"), files);
        Assert.Contains("Envoy's /config_dump", files);
    }

    /// <summary>Envoy 1.40 crashed on it, with clusters of a DNS cache: whoever watches Envoy must not end it.</summary>
    [EnvoyTheory]
    [InlineData("/config_dump?include_eds")]
    [InlineData("/config_dump?mask=&include_eds=1")]
    [InlineData("/runtime_modify?a=b")]
    [InlineData("/logging?level=trace")]
    public async Task Admin_OfWhatIsNotNeeded_IsRefused(string path)
    {
        using EnvoyAdmin admin = new(Deployment.Cagent.StateFolder);

        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => admin.GetAsync(path));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static (string Host, string Path)[] Requests() =>
    [
        (CredentialDeployment.Bearer, "/upload"), (CredentialDeployment.Key, "/upload"), (CredentialDeployment.FromFile, "/upload"),
        (CredentialDeployment.Bearer, "/status/204"), (CredentialDeployment.Bearer, "/denied"), (CredentialDeployment.Key, "/reset"),
        (CredentialDeployment.Unset, "/upload"),
    ];
}
