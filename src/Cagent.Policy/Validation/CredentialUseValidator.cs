// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Cagent.Domains;
using Cagent.Policy.Diagnostics;
using Cagent.Policy.Model;
using Cagent.Policy.Reading;

namespace Cagent.Policy.Validation;

/// <summary>Judges how entries use credentials.</summary>
internal sealed class CredentialUseValidator(ImmutableArray<CredentialConfig> defined, DiagnosticBag bag)
{
    private const string Placeholder = "{value}";

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public CredentialUse? Validate(EntryContext context)
    {
        if (context.Config.Credential is not { } credential)
        {
            return null;
        }

        ValidateName(credential.Use);
        AwsSigV4SourceConfig? signer = SignerOf(credential.Use);
        CredentialPlace place = signer is not null ? CredentialPlace.Signature : credential.In?.Value ?? CredentialPlace.Header;
        new PlaceValidator(bag).Validate(credential, place);
        ImmutableArray<CredentialHeader> several = ReadHeaders(credential.Headers);
        string? header = place switch
        {
            CredentialPlace.Header => credential.Headers is null ? ReadHeader(credential.Header) : several.FirstOrDefault()?.Name,
            CredentialPlace.Query => "",
            _ => "authorization",
        };
        string? format = several.IsEmpty ? ReadFormat(credential.Format) : several[0].Format;
        ValidateTransport(context, credential);
        new PlaceholderValidator(bag).Validate(context, credential);
        if (context.IsWildcard)
        {
            bag.Warning(
                DiagnosticCodes.CredentialOnWildcard, "the credential goes to every host that the wildcard matches", credential.Location, credential.KeyPath, "write an entry for each host that needs it");
        }

        return credential.Use is null || header is null || format is null
            ? null
            : new CredentialUse(credential.Use.Value, header, format, credential.InsecureCredential is { Value: true }, credential.Location)
            {
                In = place,
                MoreHeaders = several.IsEmpty ? [] : several[1..],
                Parameter = place == CredentialPlace.Query ? credential.Parameter?.Value : null,
                Username = place == CredentialPlace.Basic ? credential.Username?.Value ?? "" : null,
                SignsBody = signer is not null && (context.Scheme == Scheme.Http || !AwsServices.IsObjectStore(signer.Service?.Value ?? "")),
                Placeholder = credential.Placeholder is { Value: true },
                PlaceholderFormat = credential.PlaceholderFormat?.Value ?? CredentialUse.DefaultPlaceholderFormat,
            };
    }

    /// <summary>Counts the use of an entry that has been judged before.</summary>
    public void MarkUsed(CredentialUse? use)
    {
        if (use is not null)
        {
            _used.Add(use.Name);
        }
    }

    public void ReportUnused()
    {
        foreach (CredentialConfig credential in defined.Where(credential => !_used.Contains(credential.Name)))
        {
            bag.Warning(DiagnosticCodes.UnusedCredential, $"no entry uses the credential \"{credential.Name}\"", credential.Location, credential.KeyPath, "remove it");
        }
    }

    private AwsSigV4SourceConfig? SignerOf(Located<string>? use) =>
        use is null ? null : defined.Where(credential => credential.Name == use.Value).Select(credential => credential.Source).OfType<AwsSigV4SourceConfig>().FirstOrDefault();

    private void ValidateName(Located<string>? use)
    {
        if (use is not null && !_used.Contains(use.Value) && !defined.Any(credential => credential.Name == use.Value))
        {
            string hint = Spelling.Suggest(use.Value, defined.Select(credential => credential.Name))
                ?? (defined.IsEmpty ? "define it in the block \"credentials\"" : $"defined are {string.Join(", ", defined.Select(credential => credential.Name))}");
            bag.Error(DiagnosticCodes.UndefinedCredential, "no credential of this name is defined", use.Location, use.KeyPath, hint);
        }
        else if (use is not null)
        {
            _used.Add(use.Value);
        }
    }

    private ImmutableArray<CredentialHeader> ReadHeaders(Located<ImmutableArray<NamedText>>? headers)
    {
        if (headers is { Value.IsEmpty: true })
        {
            bag.Error(DiagnosticCodes.BadHeader, "no header is named", headers.Location, headers.KeyPath, "write such as {X-Api-Key: \"{value}\"}");
        }

        List<CredentialHeader> read = [];
        foreach (NamedText one in headers?.Value ?? [])
        {
            if (ReadHeader(new Located<string>(one.Name, one.NameLocation, one.Value.KeyPath)) is not { } name || ReadFormat(one.Value) is not { } format)
            {
                continue;
            }

            if (read.Any(other => other.Name == name))
            {
                bag.Error(DiagnosticCodes.BadHeader, "the header stands here twice", one.NameLocation, one.Value.KeyPath, "names of headers differ in more than case");
            }

            read.Add(new CredentialHeader(name, format));
        }

        return [.. read];
    }

    private string? ReadHeader(Located<string>? header)
    {
        string? name = header?.Value.ToLowerInvariant();
        string? problem = name is null ? null : HeaderRules.FindProblem(name);
        if (problem is null)
        {
            return name;
        }

        bag.Error(DiagnosticCodes.BadHeader, $"the header {problem}", header!.Location, header.KeyPath);
        return null;
    }

    private string? ReadFormat(Located<string>? format)
    {
        if (format is null)
        {
            return Placeholder;
        }

        int places = format.Value.Split(Placeholder).Length - 1;
        string? problem = places switch
        {
            0 => $"the format has no {Placeholder}",
            > 1 => $"the format has {places} times {Placeholder}; the credential is injected once",
            _ when format.Value.Any(c => c is < ' ' or > '~') => "the format holds a character that is not printable ASCII",
            _ when format.Value.Trim(' ').Length != format.Value.Length => "the format begins or ends with a space",
            _ => null,
        };
        if (problem is null)
        {
            return format.Value;
        }

        bag.Error(DiagnosticCodes.BadFormat, problem, format.Location, format.KeyPath, "write it such as \"Bearer {value}\"; the value itself never stands in this file");
        return null;
    }

    private void ValidateTransport(EntryContext context, CredentialUseConfig credential)
    {
        bool isInsecure = credential.InsecureCredential is { Value: true };
        if (context.Scheme == Scheme.Http && !isInsecure)
        {
            bag.Error(
                DiagnosticCodes.CredentialInClear, "scheme: http would send the credential in clear", credential.Location, credential.KeyPath, "use https, or accept it with insecure_credential: true");
        }
        else if (context.Scheme == Scheme.Https && isInsecure)
        {
            bag.Error(
                DiagnosticCodes.PointlessInsecureCredential, "insecure_credential contradicts https, where the credential travels over verified TLS", credential.InsecureCredential!.Location, credential.InsecureCredential.KeyPath, "remove it");
        }
    }
}
