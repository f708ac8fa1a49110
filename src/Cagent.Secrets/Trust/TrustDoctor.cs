// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using Cagent.Domains;
using Cagent.Secrets.Interception;

namespace Cagent.Secrets.Trust;

/// <summary>
/// Proves that the programs of a machine trust the CA: each makes a request to a server on the loopback whose certificate the CA has
/// signed, and to one whose certificate a stranger has. A fix that is named has been tried, where that changes nothing on the machine.
/// </summary>
public sealed class TrustDoctor
{
    // Most of a probe is a program's start; more at once only makes each slower.
    private const int AtOnce = 3;

    private readonly TrustEnvironment _trust;
    private readonly ImmutableArray<TrustProbe> _probes;
    private readonly TimeProvider _time;

    /// <summary>Nothing runs yet.</summary>
    /// <param name="trust">What an agent gets.</param>
    /// <param name="dotnet">A command to which a URL is added and that fetches it with .NET; empty when there is none.</param>
    /// <param name="time">The clock.</param>
    public TrustDoctor(TrustEnvironment trust, ImmutableArray<string> dotnet, TimeProvider time)
        : this(trust, TrustProbes.All(dotnet), time)
    {
    }

    internal TrustDoctor(TrustEnvironment trust, ImmutableArray<TrustProbe> probes, TimeProvider time)
    {
        _trust = trust;
        _probes = probes;
        _time = time;
    }

    /// <summary>The names of all runtimes that can be asked.</summary>
    public static ImmutableArray<string> Runtimes { get; } = [.. TrustProbes.All([]).Select(probe => probe.Runtime)];

    /// <summary>Asks every runtime; in the order of <see cref="Runtimes"/>.</summary>
    /// <param name="ca">The CA that signs.</param>
    /// <param name="withEnvironment">Whether they get the variables of an agent, or the environment as it is.</param>
    /// <param name="only">The runtimes to ask; empty for all.</param>
    /// <param name="cancellationToken">Ends what runs.</param>
    public async Task<ImmutableArray<TrustFinding>> RunAsync(InterceptionCa ca, bool withEnvironment, ImmutableArray<string> only, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ca);
        DoctorServer ours = StartOurs(ca);
        await using (ours.ConfigureAwait(false))
        {
            DoctorServer strangers = StartStrangers();
            await using (strangers.ConfigureAwait(false))
            {
                ImmutableArray<TrustProbe> asked = [.. _probes.Where(probe => only.IsEmpty || only.Contains(probe.Runtime, StringComparer.OrdinalIgnoreCase))];
                TrustFinding[] findings = new TrustFinding[asked.Length];
                await Parallel.ForAsync(0, asked.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (index, stop) =>
                    findings[index] = await AskAsync(asked[index], ours, strangers, withEnvironment, stop).ConfigureAwait(false)).ConfigureAwait(false);
                return [.. findings];
            }
        }
    }

    private async Task<TrustFinding> AskAsync(TrustProbe probe, DoctorServer ours, DoctorServer strangers, bool withEnvironment, CancellationToken cancellationToken)
    {
        if (ProbeRunner.Find(probe.Programs) is not { } program)
        {
            return new TrustFinding(probe.Runtime, TrustVerdict.NotFound, null);
        }
        if (probe.Instead is { Length: 0 })
        {
            return new TrustFinding(probe.Runtime, TrustVerdict.NotProbed, program, "there is no program to ask it with");
        }
        ImmutableDictionary<string, string> environment = withEnvironment ? Variables(_ => true) : [];
        Outcome outcome = await TryAsync(probe, program, ours, environment, [], cancellationToken).ConfigureAwait(false);
        if (outcome.Code == TrustProbe.LibraryMissing)
        {
            return new TrustFinding(probe.Runtime, TrustVerdict.NotFound, null);
        }
        if (outcome.WasSeen)
        {
            Outcome stranger = await TryAsync(probe, program, strangers, environment, [], cancellationToken).ConfigureAwait(false);
            return stranger.WasSeen
                ? new TrustFinding(probe.Runtime, TrustVerdict.Unverified, program, "it takes any certificate", "switch its check of certificates on again")
                : new TrustFinding(probe.Runtime, TrustVerdict.Trusted, program);
        }
        return await FindFixAsync(probe, program, ours, environment, outcome.Said, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TrustFinding> FindFixAsync(
        TrustProbe probe, string program, DoctorServer ours, ImmutableDictionary<string, string> environment, string? said, CancellationToken cancellationToken)
    {
        string? text = null;
        ImmutableArray<string> arguments = [];
        if (probe.OtherFix is { } fix)
        {
            (text, arguments) = fix(_trust);
        }
        else if (!probe.Variables.IsEmpty)
        {
            text = "export " + string.Join(' ', _trust.Variables.Where(one => probe.Variables.Contains(one.Name)).Select(one => one.ToShell()));
        }
        ImmutableDictionary<string, string> variables = environment.SetItems(Variables(one => probe.Variables.Contains(one.Name)));
        Outcome again = await TryAsync(probe, program, ours, variables, arguments, cancellationToken).ConfigureAwait(false);
        return new TrustFinding(probe.Runtime, TrustVerdict.NotTrusted, program, said ?? again.Said, text, again.WasSeen);
    }

    private async Task<Outcome> TryAsync(
        TrustProbe probe, string program, DoctorServer server, ImmutableDictionary<string, string> environment, ImmutableArray<string> more, CancellationToken cancellationToken)
    {
        ProbeTarget target = new(server.Port, Guid.NewGuid().ToString("N"));
        (int? code, string? said) = await ProbeRunner.RunAsync(
            probe.Instead is [var other, ..] ? other : program, probe.Arguments(target).InsertRange(0, more), environment.SetItems(probe.Environment(target)), probe.Input(target), probe.Script, _time, cancellationToken).ConfigureAwait(false);
        return new Outcome(server.WasAsked(target.Token), code, said);
    }

    private ImmutableDictionary<string, string> Variables(Func<TrustVariable, bool> isMeant) =>
        _trust.Variables.Where(isMeant).ToImmutableDictionary(one => one.Name, one => one.ValueOver(Environment.GetEnvironmentVariable(one.Name)));

    private DoctorServer StartOurs(InterceptionCa ca)
    {
        Leaf leaf = (HostName.TryParse(ProbeTarget.Host, out HostName? host, out _) ? new LeafIssuer(ca, new LeafOptions { Lifetime = TimeSpan.FromHours(1) }, _time).TryIssue(host) : null)
            ?? throw new InterceptionCaException("the CA cannot sign: it has expired");
        return DoctorServer.Start(leaf.ChainPem, leaf.KeyPem.Reveal(), _time);
    }

    private DoctorServer StartStrangers()
    {
        using ECDsa caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using InterceptionCa stranger = new(CaCertificateFactory.Create(caKey, _time.GetUtcNow()), caKey, [], []);
        return StartOurs(stranger);
    }

    private readonly record struct Outcome(bool WasSeen, int? Code, string? Said);
}
