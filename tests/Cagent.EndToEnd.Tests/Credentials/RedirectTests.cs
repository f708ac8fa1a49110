// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Clients;
using Cagent.TestKit.Http;
using Cagent.TestKit.Processes;
using static Cagent.EndToEnd.Tests.Credentials.InjectionFormDeployment;

namespace Cagent.EndToEnd.Tests.Credentials;

/// <summary>Guarantee: who follows a redirect from a host with a credential brings nothing of it along, in whatever place it was sent.</summary>
public sealed class RedirectTests(InjectionFormDeployment shared) : IClassFixture<InjectionFormDeployment>
{
    private Deployment Deployment => shared.Deployment;

    public static TheoryData<string, int> Kinds
    {
        get
        {
            TheoryData<string, int> kinds = [];
            foreach (string host in (string[])[Bearer, Several, Basic, Query])
            {
                foreach (int status in (int[])[301, 302, 307, 308])
                {
                    kinds.Add(host, status);
                }
            }

            return kinds;
        }
    }

    [EnvoyTheory]
    [MemberData(nameof(Kinds))]
    public async Task Attack_F5_RedirectOfEveryKind(string host, int status)
    {
        string marker = Guid.NewGuid().ToString("N");
        using ProxyHttp http = Deployment.Http(http2: status % 2 == 0);
        using HttpResponseMessage first = await AskAsync(http, host, status, $"https://{Open}:{shared.Web.Port}/{marker}");
        Assert.Equal(status, (int)first.StatusCode);
        Assert.DoesNotContain(shared.Web.Requests, request => request.Path == "/" + marker);

        using HttpResponseMessage second = await http.Client.GetAsync(first.Headers.Location);

        RecordedRequest recorded = Assert.Single(shared.Web.Requests, request => request.Path == "/" + marker);
        SecretForms forms = new(Deployment.Secret);
        Assert.True(!forms.AreIn(recorded.Query) && recorded.Headers.All(header => !header.Value.Any(forms.AreIn)), "the second hop has the credential");
        Assert.Null(recorded.Header("authorization"));
    }

    /// <summary>Servers that add a slash repeat the query, and with it the credential.</summary>
    [EnvoyTheory]
    [InlineData(301)]
    [InlineData(308)]
    public async Task Attack_F6_LocationWithTheCredential(int status)
    {
        using ProxyHttp http = Deployment.Http();
        using HttpResponseMessage response = await AskAsync(http, Query, status, $"https://{Open}:{shared.Web.Port}/upload/");

        Assert.Equal($"https://{Open}:{shared.Web.Port}/upload/?{Parameter}=[redacted]", response.Headers.Location?.OriginalString);
    }

    private static async Task<HttpResponseMessage> AskAsync(ProxyHttp http, string host, int status, string to)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"https://{host}:{new Uri(to).Port}/moved");
        request.Headers.TryAddWithoutValidation("x-redirect", $"{status} {to}");
        return await http.Client.SendAsync(request);
    }
}
