// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Cagent.TestKit.Certificates;
using Cagent.TestKit.Dns;
using Cagent.TestKit.Http;
using Cagent.TestKit.Tcp;

namespace Cagent.TestKit.Internet;

/// <summary>
/// Real servers under real names: one certificate authority, one DNS server, and a server for each name that a test adds.
/// Every server listens on a free port, which the policy must name. Disposing it stops all of them. Thread safe but for adding.
/// </summary>
public sealed class TestInternet : IAsyncDisposable
{
    private readonly TestInternetOptions _options;
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly List<X509Certificate2> _certificates = [];

    private TestInternet(TestInternetOptions options)
    {
        _options = options;
        Dns = TestDns.Start(options.Address, options.Sockets);
    }

    /// <summary>The authority of all server certificates.</summary>
    public TestCa Ca { get; } = new();

    /// <summary>A PEM file with the authority's root.</summary>
    public string CaFile => Ca.RootFile;

    /// <summary>The DNS server, which knows the names of all added servers.</summary>
    public TestDns Dns { get; }

    /// <summary>The DNS server as a policy names it, <c>127.0.0.1:PORT</c>.</summary>
    public string PolicyDns => Dns.EndPoint.ToString();

    /// <summary>Starts an internet without servers.</summary>
    public static TestInternet Start(TestInternetOptions? options = null) => new(options ?? new TestInternetOptions());

    /// <summary>Adds a web server with a valid certificate for the name, or for the names in <paramref name="certificateNames"/>.</summary>
    public Task<Upstream> AddHttpsAsync(string name, bool http2 = true, IPAddress? address = null, params string[] certificateNames) =>
        AddUpstreamAsync(name, new UpstreamOptions
        {
            Address = address ?? _options.Address,
            Certificate = Issue(certificateNames.Length > 0 ? certificateNames : [name]),
            IsHttp2 = http2,
            Sockets = _options.Sockets,
        });

    /// <summary>Adds a web server for plain HTTP/1.1.</summary>
    public Task<Upstream> AddHttpAsync(string name, IPAddress? address = null) =>
        AddUpstreamAsync(name, new UpstreamOptions { Address = address ?? _options.Address, Sockets = _options.Sockets });

    /// <summary>Adds a web server as the options say; also one with a bad certificate or a fixed port.</summary>
    public async Task<Upstream> AddUpstreamAsync(string name, UpstreamOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Upstream upstream = await Upstream.StartAsync(options);
        Register(name, options.Address, upstream);
        return upstream;
    }

    /// <summary>Adds a listener that records and never answers.</summary>
    public Canary AddCanary(string name, CanaryOptions? options = null)
    {
        CanaryOptions chosen = options ?? new CanaryOptions { Address = _options.Address };
        Canary canary = Canary.Start(chosen with { Sockets = _options.Sockets });
        Register(name, chosen.Address, canary);
        return canary;
    }

    /// <summary>Adds a TLS echo server with a valid certificate.</summary>
    public TlsEcho AddTlsEcho(string name, TimeSpan tickInterval = default, IPAddress? address = null)
    {
        IPAddress at = address ?? _options.Address;
        TlsEcho echo = TlsEcho.Start(new TlsEchoOptions
        {
            Address = at,
            Certificate = Issue(name),
            TickInterval = tickInterval,
            Sockets = _options.Sockets,
        });
        Register(name, at, echo);
        return echo;
    }

    /// <summary>A valid certificate for the names; it lives as long as this object.</summary>
    public X509Certificate2 Issue(params string[] names) => Keep(Ca.Issue(names));

    /// <summary>A certificate of this authority that has ended; it lives as long as this object.</summary>
    public X509Certificate2 IssueExpired(params string[] names) => Keep(Ca.IssueExpired(names));

    /// <summary>A certificate that no authority has signed; it lives as long as this object.</summary>
    public X509Certificate2 IssueSelfSigned(params string[] names) => Keep(TestCa.IssueSelfSigned(names));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable server in _servers)
        {
            await server.DisposeAsync();
        }

        await Dns.DisposeAsync();
        _certificates.ForEach(certificate => certificate.Dispose());
        Ca.Dispose();
    }

    private void Register(string name, IPAddress address, IAsyncDisposable server)
    {
        _servers.Add(server);
        Dns.Set(name, address);
    }

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _certificates.Add(certificate);
        return certificate;
    }
}
