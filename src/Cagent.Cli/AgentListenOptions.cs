// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text;
using Cagent.Compiler;
using Cagent.Compiler.Lowering;
using Cagent.Domains;

namespace Cagent.Cli;

/// <summary>The options of <c>cagent up</c> for agents that are known by a listener or a certificate.</summary>
internal sealed class AgentListenOptions
{
    private readonly Option<string[]> _named = new("--agent-listener")
    {
        Description = "Where agents connect with \"listener: NAME\" as their identity: a port, or the path of a Unix socket. May be repeated.",
        HelpName = "NAME=ADDR:PORT|PATH",
    };

    private readonly Option<string?> _sockets = new("--agent-sockets") { Description = "A folder in which every other listener of the policy has the Unix socket NAME.sock.", HelpName = "DIR" };

    private readonly Option<IPEndPoint?> _mutual = new("--mtls-listen") { Description = "Where agents connect by TLS with a client certificate that has a SPIFFE ID.", HelpName = "ADDR:PORT" };

    private readonly Option<string[]> _names = new("--mtls-name") { Description = "A name under which they reach it, for the proxy's own certificate. May be repeated; addresses are in it anyway.", HelpName = "NAME" };

    private readonly Option<string[]> _bundles = new("--trust-bundle") { Description = "The CAs (PEM) of agents' certificates of one SPIFFE trust domain. May be repeated; followed as they change.", HelpName = "DOMAIN=FILE" };

    private AgentListenOptions()
    {
        _mutual.CustomParser = ParseEndPoint;
        _named.Validators.Add(result => Check(result, text => Split(text) is not (string name, string place) ? "is not NAME=ADDR:PORT or NAME=PATH, for example batch=127.0.0.1:3129"
            : !IsName(name) ? "has no name of up to 63 letters, digits, '-' and '_' before the '='"
            : ReadPlace(place) is not { } address ? "has no ADDR:PORT and no absolute path behind the '='"
            : address.IsSocket && Encoding.UTF8.GetByteCount(address.Path) > ListenAddress.MaxPathBytes ? $"has a path that is longer than the {ListenAddress.MaxPathBytes} bytes of a Unix socket's"
            : null));
        _named.Validators.Add(CheckRepeated);
        _names.Validators.Add(result => Check(result, text => HostName.TryParse(text, out _, out string? problem) ? null : problem));
        _bundles.Validators.Add(result => Check(result, text => Split(text) is not (string domain, string) || !SpiffeId.IsTrustDomain(domain) ? "is not DOMAIN=FILE, for example example.org=/etc/spire/bundle.pem" : null));
        _bundles.Validators.Add(CheckRepeated);
    }

    /// <summary>Adds the options to a command.</summary>
    public static AgentListenOptions AddTo(Command command)
    {
        AgentListenOptions options = new();
        foreach (Option option in (Option[])[options._named, options._sockets, options._mutual, options._names, options._bundles])
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(options._mutual) is not null && result.GetResult(options._bundles) is null)
            {
                result.AddError("--mtls-listen wants the CAs of the agents' certificates: --trust-bundle DOMAIN=FILE");
            }
        });
        return options;
    }

    /// <summary>What was given, with absolute paths.</summary>
    public AgentListen In(ParseResult result) => new()
    {
        Named = AgentListen.None.Named.AddRange((result.GetValue(_named) ?? []).Select(text => KeyValuePair.Create(Split(text)!.Value.Name, ReadPlace(Split(text)!.Value.Place)!))),
        Sockets = result.GetValue(_sockets) is { } folder ? Path.GetFullPath(folder) : null,
        MutualTls = result.GetValue(_mutual),
        TrustBundles = AgentListen.None.TrustBundles.AddRange((result.GetValue(_bundles) ?? []).Select(text => KeyValuePair.Create(Split(text)!.Value.Name, Path.GetFullPath(Split(text)!.Value.Place)))),
    };

    /// <summary>The names for the proxy's certificate.</summary>
    public ImmutableArray<string> NamesIn(ParseResult result) => [.. result.GetValue(_names) ?? []];

    private static (string Name, string Place)? Split(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1 ? (text[..at], text[(at + 1)..]) : null;

    private static bool IsName(string name) => name.Length <= 63 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static ListenAddress? ReadPlace(string text) =>
        text.StartsWith('/') ? ListenAddress.Of(Path.GetFullPath(text))
        : text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && endPoint.Port != 0 ? ListenAddress.Of(endPoint)
        : null;

    private static void Check(OptionResult result, Func<string, string?> findProblem)
    {
        foreach (string text in result.Tokens.Select(token => token.Value))
        {
            if (findProblem(text) is { } problem)
            {
                result.AddError($"{result.Option.Name}: \"{text}\" {problem}");
            }
        }
    }

    /// <summary>Of two values of one name, and of two names of one place, none is what was meant.</summary>
    private static void CheckRepeated(OptionResult result)
    {
        (string Name, string Place)[] values = [.. result.Tokens.Select(token => Split(token.Value)).OfType<(string, string)>()];
        bool isListener = result.Option.Name == "--agent-listener";
        string? repeated = values.GroupBy(value => value.Name).FirstOrDefault(group => group.Count() > 1)?.Key
            ?? (isListener ? values.GroupBy(value => value.Place).FirstOrDefault(group => group.Count() > 1)?.Key : null);
        if (repeated is not null)
        {
            result.AddError($"{result.Option.Name}: \"{repeated}\" is given twice");
        }
    }

    private static IPEndPoint? ParseEndPoint(ArgumentResult argument)
    {
        string text = argument.Tokens.Single().Value;
        if (text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out IPEndPoint? endPoint) && endPoint.Port != 0)
        {
            return endPoint;
        }

        argument.AddError($"--mtls-listen: \"{text}\" is not ADDR:PORT, for example 127.0.0.1:3443");
        return null;
    }
}
