// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cagent.Attack;
using Cagent.Attack.Canaries;
using Cagent.Attack.Client;
using Cagent.Attack.Policies;
using Cagent.Cli.Policies;
using Cagent.Compiler.Authz;

namespace Cagent.Cli.Attacking;

/// <summary>The options of <c>cagent attack</c>, and what they mean together. Texts are judged here and not while parsing: exit code 1 is for attacks.</summary>
internal sealed class AttackArguments
{
    private static readonly ImmutableArray<string> ProxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
    private static readonly TimeSpan LeastTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private readonly Option<string?> _proxy = Text("--proxy", "The proxy, as agents reach it. Default: HTTPS_PROXY, then HTTP_PROXY.", "URL");
    private readonly Option<string?> _ca = Text("--ca", "PEM file that the proxy's certificates must lead to. Default: SSL_CERT_FILE; without either, any certificate is taken.", "FILE");
    private readonly Option<string?> _policy = Text("--policy", "The policy file, to find in it what is allowed and what is not.", "FILE");
    private readonly Option<string?> _agent = Text("--agent", "Which agent of the policy this is. Default: the user in --proxy, or the only one.", "NAME");
    private readonly Option<string?> _allowed = Text("--allowed", "An https URL that GET may read: it must go on working. Default: one of the policy.", "URL");
    private readonly Option<string?> _denied = Text("--denied", "A URL on an inspected host whose path is denied.", "URL");
    private readonly Option<string?> _other = Text("--other", "A URL on another allowed host.", "URL");
    private readonly Option<string?> _pinned = Text("--pinned", "A host that is passed through unopened.", "HOST:PORT");
    private readonly Option<string?> _readOnly = Text("--read-only", "A URL on a read-only host.", "URL");
    private readonly Option<string?> _plain = Text("--plain", "A URL that is allowed in plain http.", "URL");
    private readonly Option<string?> _credentialed = Text("--credentialed", "A URL whose requests get a credential.", "URL");
    private readonly Option<string?> _echo = Text("--echo", "An allowed URL that answers with the headers of the request.", "URL");
    private readonly Option<string[]> _ofOthers = new("--of-others") { Description = "A host that only other agents may use; may be repeated.", HelpName = "HOST:PORT", DefaultValueFactory = _ => [] };
    private readonly Option<string?> _canary = Text("--canary", "A destination that the policy does not allow; best one that \"cagent attack canary\" listens on. Default: a name that cannot exist.", "HOST:PORT");
    private readonly Option<string?> _canaryAddress = Text("--canary-address", "Where the canary is for somebody who goes past the proxy. Default: its name.", "ADDR");
    private readonly Option<string?> _witness = Text("--canary-control", "Where the canary says what reached it: its control URL, or the file that it writes. Without it the verdicts rest on what the agent sees.", "URL|FILE");
    private readonly Option<string?> _secret = Text("--canary-secret", "File with the value of a canary credential, which must not come back.", "FILE");
    private readonly Option<bool> _isolated = new("--isolated") { Description = "The agent must have no way past the proxy: what gets past is a failure, not a warning." };
    private readonly Option<string?> _only = Text("--only", "Only these rows and groups, such as A,B3.", "IDS");
    private readonly Option<string> _timeout = new("--timeout") { Description = "How long one operation may take.", DefaultValueFactory = _ => "5s", HelpName = "TIME" };
    private readonly Option<bool> _watch = new("--watch") { Description = "Go on, and repeat a few cheap attacks." };
    private readonly Option<string> _interval = new("--interval") { Description = "With --watch: from one round to the next.", DefaultValueFactory = _ => "60s", HelpName = "TIME" };
    private readonly Option<string?> _metrics = Text("--metrics-listen", "With --watch: where metrics are served, at /metrics.", "ADDR:PORT");
    private OverlayOption? _overlays;

    public static AttackArguments AddTo(Command command)
    {
        AttackArguments arguments = new();
        foreach (Option option in arguments.All())
        {
            command.Options.Add(option);
        }

        arguments._overlays = OverlayOption.AddTo(command);
        return arguments;
    }

    public bool IsWatch(ParseResult result) => result.GetValue(_watch);

    public TimeSpan Interval(ParseResult result) => Duration(result.GetRequiredValue(_interval), "--interval", LeastInterval);

    /// <summary>Where metrics are served, or null.</summary>
    public IPEndPoint? MetricsAt(ParseResult result) => result.GetValue(_metrics) is { } text ? EndPointOf(text, "--metrics-listen") : null;

    /// <summary>What is to be done; <see cref="AttackUsageException"/> when that does not fit together.</summary>
    public AttackOptions Read(ParseResult result, TextWriter error)
    {
        ProxyAddress proxy = ReadProxy(result.GetValue(_proxy));
        AttackOptions options = new(proxy, ReadTargets(result, proxy, error))
        {
            Trust = ReadTrust(result.GetValue(_ca) ?? Environment.GetEnvironmentVariable("SSL_CERT_FILE")),
            Witness = ReadWitness(result.GetValue(_witness)),
            Secret = result.GetValue(_secret) is { } file ? ReadFile(file).Trim() : null,
            IsIsolated = result.GetValue(_isolated),
            Only = [.. (result.GetValue(_only) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            IsBrief = IsWatch(result),
            Timeout = Duration(result.GetRequiredValue(_timeout), "--timeout", LeastTimeout),
        };
        return options.Only.FirstOrDefault(name => !AttackCatalogue.Knows(name)) is { } unknown
            ? throw new AttackUsageException($"--only: there is no attack \"{unknown}\"; there are the groups A to H and {string.Join(", ", AttackCatalogue.Ids)}")
            : options;
    }

    /// <summary>Reads <c>ADDR:PORT</c>.</summary>
    public static IPEndPoint EndPointOf(string text, string option) =>
        text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out IPEndPoint? endPoint)
            ? endPoint
            : throw new AttackUsageException($"{option}: \"{text}\" is not ADDR:PORT, for example 127.0.0.1:9464");

    private AttackTargets ReadTargets(ParseResult result, ProxyAddress proxy, TextWriter error)
    {
        AttackUrl? allowed = Url(result, _allowed);
        AttackTargets found = result.GetValue(_policy) is { } policy
            ? FromPolicy(PolicyFile.Load(policy, _overlays!.In(result)), result.GetValue(_agent), proxy, allowed, error)
            : allowed is not null ? new AttackTargets(allowed)
            : throw new AttackUsageException("say with --policy what the policy is, or with --allowed what it allows: an attack proves something only while the rest works");
        AttackUrl[] ofOthers = [.. result.GetRequiredValue(_ofOthers).Select(text => Url(text, "--of-others"))];
        AttackTargets targets = found with
        {
            Denied = Url(result, _denied) ?? found.Denied,
            Other = Url(result, _other) ?? found.Other,
            Pinned = Url(result, _pinned) ?? found.Pinned,
            ReadOnly = Url(result, _readOnly) ?? found.ReadOnly,
            Plain = Url(result, _plain) ?? found.Plain,
            Credentialed = Url(result, _credentialed) ?? found.Credentialed,
            Echo = Url(result, _echo) ?? found.Echo,
            OfOthers = ofOthers.Length > 0 ? [.. ofOthers] : found.OfOthers,
            Canary = Url(result, _canary) ?? found.Canary,
            CanaryAddress = result.GetValue(_canaryAddress),
        };
        return targets.IsAllowed?.Invoke(targets.Canary.Host, targets.Canary.Port) == true
            ? throw new AttackUsageException($"--canary: the policy allows {targets.Canary.Target}; choose a destination that it does not")
            : targets;
    }

    private static AttackTargets FromPolicy(PolicyFile file, string? agent, ProxyAddress proxy, AttackUrl? allowed, TextWriter error)
    {
        if (file.Policy is null)
        {
            file.WriteProblems(error, withWarnings: false);
            throw new AttackUsageException("the policy does not load");
        }

        AuthzTable table = AuthzTable.From(file.Policy);
        string? name = agent ?? (proxy.Name is { } user && table.HasAgent(user) ? user : null);
        return PolicyTargets.TryFind(table, name, allowed, out AttackTargets? targets, out string? problem) ? targets : throw new AttackUsageException(problem);
    }

    private static ProxyAddress ReadProxy(string? given)
    {
        string? text = given ?? ProxyVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return text is null ? throw new AttackUsageException("say with --proxy where the proxy is; HTTPS_PROXY is not set")
            : ProxyAddress.TryParse(text, out ProxyAddress? proxy, out string? problem) ? proxy
            : throw new AttackUsageException(problem);
    }

    private static X509Certificate2Collection ReadTrust(string? file)
    {
        X509Certificate2Collection trust = [];
        if (!string.IsNullOrEmpty(file))
        {
            try
            {
                trust.ImportFromPem(ReadFile(file));
            }
            catch (CryptographicException)
            {
                throw new AttackUsageException($"--ca: {file} holds no certificates in PEM");
            }

            if (trust.Count == 0)
            {
                throw new AttackUsageException($"--ca: {file} holds no certificates in PEM");
            }
        }

        return trust;
    }

    private static CanaryWitness? ReadWitness(string? text) =>
        text is null ? null
        : CanaryWitness.TryCreate(text, out CanaryWitness? witness, out string? problem) ? witness
        : throw new AttackUsageException("--canary-control: " + problem);

    private static string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AttackUsageException(exception.Message);
        }
    }

    private static AttackUrl? Url(ParseResult result, Option<string?> option) => result.GetValue(option) is { } text ? Url(text, option.Name) : null;

    private static AttackUrl Url(string text, string option) =>
        AttackUrl.TryParse(text, out AttackUrl? url, out string? problem) ? url : throw new AttackUsageException($"{option}: {problem}");

    private static TimeSpan Duration(string text, string option, TimeSpan least)
    {
        double unit = text.EndsWith("ms", StringComparison.Ordinal) ? 1 : text.EndsWith('m') ? 60_000 : text.EndsWith('h') ? 3_600_000 : 1000;
        return double.TryParse(text.TrimEnd('m', 's', 'h'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number * unit >= least.TotalMilliseconds && number * unit <= TimeSpan.FromDays(1).TotalMilliseconds
            ? TimeSpan.FromMilliseconds(number * unit)
            : throw new AttackUsageException($"{option}: \"{text}\" is no time such as 500ms, 30s or 5m, from {least.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s to a day");
    }

    private static Option<string?> Text(string name, string description, string value) => new(name) { Description = description, HelpName = value };

    private IEnumerable<Option> All() =>
    [
        _proxy, _ca, _policy, _agent, _allowed, _denied, _other, _pinned, _readOnly, _plain, _credentialed, _echo, _ofOthers,
        _canary, _canaryAddress, _witness, _secret, _isolated, _only, _timeout, _watch, _interval, _metrics,
    ];
}
