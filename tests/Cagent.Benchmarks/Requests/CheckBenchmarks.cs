// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Cagent.Compiler;
using Cagent.ControlPlane.Budgets;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Revisions;
using Cagent.ExtAuthz;
using Cagent.ExtAuthz.Slots;
using Cagent.Xds.Resources;
using Address = Envoy.Config.Core.V3.Address;
using EnvoyInternalAddress = Envoy.Config.Core.V3.EnvoyInternalAddress;
using EnvoyMetadata = Envoy.Config.Core.V3.Metadata;
using HeaderMap = Envoy.Config.Core.V3.HeaderMap;
using HeaderValue = Envoy.Config.Core.V3.HeaderValue;
using SocketAddress = Envoy.Config.Core.V3.SocketAddress;
using Envoy.Service.Auth.V3;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Cagent.Benchmarks.Policies;

namespace Cagent.Benchmarks.Requests;

/// <summary>One question of Envoy, from its bytes to the bytes of the answer, without transport: 1,000 entries, an inspected request.</summary>
public class CheckBenchmarks : IRevisionSource, ICredentialStore, IRequestBudgets
{
    private const string Host = "h500.example.com";
    private readonly byte[] _question = Question().ToByteArray();
    private readonly Metadata _metadata = new()
    {
        { "x-cagent-agent", "anonymous" }, { "x-cagent-tunnel", "127.0.0.1:41234-1" }, { "x-cagent-connect", Host + ":443" }, { "x-cagent-request", "0b0a7e26-9d8e-4b3a-8f3c-3e5b2f1a7c11" },
    };

    private AuthzService _service = null!;
    private ServerCallContext _context = null!;

    /// <inheritdoc/>
    public event Action<Revision>? Published { add { } remove { } }

    /// <inheritdoc/>
    public Revision? Current { get; private set; }

    [GlobalSetup]
    public void Start()
    {
        CompiledPolicy compiled = PolicyCompiler.Compile(GeneratedPolicy.Load(GeneratedPolicy.Text(1000)), GeneratedPolicy.Inputs);
        Current = new Revision(RevisionId.Of(new System.Text.StringBuilder("x")), compiled, XdsSnapshot.Create("1", []), [], "cagent.yaml", [], ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty);
        ExtAuthzMetrics metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());
        RequestBounds bounds = new(new WildcardNames(TimeProvider.System), new AgentSlots(TimeProvider.System, metrics, NullLogger<AgentSlots>.Instance), this);
        _service = new AuthzService(new DecisionEngine(this), this, bounds, metrics, Options.Create(new ExtAuthzOptions()), TimeProvider.System, NullLogger<AuthzService>.Instance);
        _context = new Context(_metadata);
    }

    [Benchmark]
    public async Task<int> Check()
    {
        CheckResponse answer = await _service.Check(CheckRequest.Parser.ParseFrom(_question), _context);
        return answer.Status.Code == 0 ? answer.ToByteArray().Length : throw new InvalidOperationException(answer.ToString());
    }

    /// <inheritdoc/>
    public ValueTask<BudgetAnswer> ReserveAsync(BudgetQuestion question, CancellationToken cancellationToken) => throw new InvalidOperationException("the policy has none");

    /// <inheritdoc/>
    public void Configure(ImmutableArray<CredentialDefinition> definitions)
    {
        // the policy has none
    }

    /// <inheritdoc/>
    public CredentialReading Read(string name) => CredentialReading.Unavailable("none");

    private static CheckRequest Question() => new()
    {
        Attributes = new AttributeContext
        {
            Source = new AttributeContext.Types.Peer { Address = Socket("127.0.0.1", 41234) },
            Destination = new AttributeContext.Types.Peer { Address = new Address { EnvoyInternalAddress = new EnvoyInternalAddress { ServerListenerName = "bump" } } },
            Request = new AttributeContext.Types.Request
            {
                Time = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
                Http = new AttributeContext.Types.HttpRequest
                {
                    Id = "1234567890123456789",
                    Method = "GET",
                    Path = "/v1/models",
                    Host = Host + ":443",
                    Scheme = "https",
                    Protocol = "HTTP/1.1",
                    HeaderMap = new HeaderMap
                    {
                        Headers =
                        {
                            Header(":authority", Host + ":443"), Header(":method", "GET"), Header(":path", "/v1/models"), Header(":scheme", "https"),
                        },
                    },
                },
            },
            ContextExtensions = { ["hop"] = "web", ["entry"] = Host + ":443" },
            TlsSession = new AttributeContext.Types.TLSSession { Sni = Host },
            MetadataContext = new EnvoyMetadata(),
            RouteMetadataContext = new EnvoyMetadata(),
        },
    };

    private static HeaderValue Header(string key, string value) => new() { Key = key, RawValue = ByteString.CopyFromUtf8(value) };

    private static Address Socket(string address, uint port) => new() { SocketAddress = new SocketAddress { Address = address, PortValue = port } };

    private sealed class Context(Metadata headers) : ServerCallContext
    {
        protected override string MethodCore => "Check";
        protected override string HostCore => "";
        protected override string PeerCore => "";
        protected override DateTime DeadlineCore => DateTime.MaxValue;
        protected override Metadata RequestHeadersCore => headers;
        protected override CancellationToken CancellationTokenCore => default;
        protected override Metadata ResponseTrailersCore { get; } = [];
        protected override Status StatusCore { get; set; }
        protected override WriteOptions? WriteOptionsCore { get; set; }
        protected override AuthContext AuthContextCore => throw new NotSupportedException();
        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
