// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Cagent.ControlPlane.Credentials;
using Cagent.ControlPlane.Unix;

namespace Cagent.Secrets.Credentials.OAuth2;

/// <summary>
/// Keeps the refresh tokens that servers give in the place of others, sealed, in the state folder: one file for each credential. A token is on
/// disk before the access token that came with it is used. While a server is asked a second file says so, so that an answer that got lost,
/// with the process or the connection, is known for what it is. Thread safe; one credential is asked for once at a time.
/// </summary>
/// <param name="folder">The folder, made when first needed; null where no state is kept.</param>
/// <param name="keyFile">The key's file; null for the file <c>key</c> in the folder.</param>
internal sealed class RefreshTokenStore(string? folder, string? keyFile = null)
{
    private const string Version = "cagent refresh token 1";

    private readonly Lock _gate = new();

    // Tokens that could not be written, by credential: only they are still good, and they are tried before those on disk.
    private readonly ConcurrentDictionary<string, (string FirstMark, Secret Token)> _unwritten = new(StringComparer.Ordinal);
    private RefreshTokenKey? _key; // under _gate

    /// <summary>The token to ask with: the last one that the server gave, unless the policy's own is another than the one it came from.</summary>
    public RefreshTokenChain Open(OAuth2CredentialDefinition definition, Secret first)
    {
        if (folder is null)
        {
            return Broken(definition.Name, "refresh tokens are kept in the state folder of cagent up, and this command has none");
        }

        try
        {
            return OpenKey(definition.Name, out string problem) is { } key ? Read(definition, first, key) : Broken(definition.Name, problem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Broken(definition.Name, $"the stored refresh token in {folder} cannot be read: {exception.GetType().Name}");
        }
    }

    /// <summary>Notes that the server is being asked. The answer is a problem, or null.</summary>
    public string? BeginAsking(RefreshTokenChain chain, Secret current) =>
        Try(() => AtomicFile.Write(AskingPath(chain.Name), Encoding.UTF8.GetBytes(Mark(_key!, current))), "noted that the server is asked");

    /// <summary>The server has said no.</summary>
    public void EndAsking(RefreshTokenChain chain)
    {
        if (!chain.WasUnanswered)
        {
            Try(() => File.Delete(AskingPath(chain.Name)), "");
        }
    }

    /// <summary>The server has given a token, and perhaps another refresh token with it. The answer is a problem, or null: then it is on disk.</summary>
    public string? Keep(RefreshTokenChain chain, Secret? next)
    {
        if (next is not null && !next.HasValueOf(chain.Current))
        {
            _unwritten[chain.Name] = (chain.FirstMark, next);
        }

        string? problem = _unwritten.TryGetValue(chain.Name, out (string FirstMark, Secret Token) token) && token.FirstMark == chain.FirstMark ? Write(chain, token.Token) : null;
        if (problem is null)
        {
            _unwritten.TryRemove(chain.Name, out _);
            Try(() => File.Delete(AskingPath(chain.Name)), "");
        }

        return problem;
    }

    /// <summary>What it means that the server refuses the token.</summary>
    public static string Explain(RefreshTokenChain chain) => (chain switch
    {
        { WasUnanswered: true } =>
            "the server refuses the refresh token (invalid_grant), and an earlier question with it was never answered to the end: Cagent or the connection ended first. The server has probably given another token, which nobody has",
        { IsFirst: true } => "the server refuses the policy's refresh token (invalid_grant): it has ended, was revoked, or was used by somebody else",
        _ => "the server refuses the refresh token that it gave last (invalid_grant): it has ended, was revoked, or was used by somebody else",
    }) + "; put a new one where refresh_token says";

    /// <summary>Forgets what it holds in memory for others than these. Files stay: a credential may come back.</summary>
    public void Retain(IReadOnlyCollection<string> names)
    {
        foreach (string name in _unwritten.Keys.Except(names, StringComparer.Ordinal))
        {
            _unwritten.TryRemove(name, out _);
        }
    }

    private RefreshTokenChain Read(OAuth2CredentialDefinition definition, Secret first, RefreshTokenKey key)
    {
        string name = definition.Name;
        string mark = key.Mark($"{definition.Client.TokenUrl}\n{first.Reveal()}");
        RefreshTokenChain chain = new(name, $"{Version}\n{name}\n{mark}", mark, first, null) { IsFirst = true };
        if (_unwritten.TryGetValue(name, out (string FirstMark, Secret Token) unwritten) && unwritten.FirstMark == mark)
        {
            return chain with { Current = unwritten.Token, IsFirst = false };
        }

        if (File.Exists(TokenPath(name)))
        {
            if (Parse(File.ReadAllBytes(TokenPath(name))) is not { } stored)
            {
                return Broken(name, $"the file {TokenPath(name)} is not whole; restore it, or delete it and put a new refresh token where refresh_token says");
            }

            if (stored.First == mark)
            {
                if (key.Unseal(stored.Token, chain.Binding) is not { } text)
                {
                    return Broken(name, $"the file {TokenPath(name)} was changed or written with another key; restore it and its key, or delete it and put a new refresh token where refresh_token says");
                }

                chain = chain with { Current = new Secret(text), IsFirst = false };
            }
        }

        string asking = AskingPath(name);
        return chain with { WasUnanswered = File.Exists(asking) && chain.Current is { } current && File.ReadAllText(asking) == Mark(key, current) };
    }

    private string? Write(RefreshTokenChain chain, Secret token) => Try(
        () => AtomicFile.Write(TokenPath(chain.Name), JsonSerializer.SerializeToUtf8Bytes(new Stored(chain.FirstMark, _key!.Seal(token.Reveal(), chain.Binding)))),
        "stored the new refresh token, and the access token that came with it is not used before");

    private string? Try(Action write, string what)
    {
        try
        {
            write();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"cannot write to {folder} ({exception.GetType().Name}): Cagent has not {what}";
        }
    }

    /// <summary>A key is made for the first token only: a new one beside old tokens could not read them.</summary>
    private RefreshTokenKey? OpenKey(string name, out string problem)
    {
        lock (_gate)
        {
            problem = "";
            if (_key is null)
            {
                PrivateFolder.Create(folder!);
                _key = RefreshTokenKey.Open(keyFile ?? Path.Combine(folder!, "key"), mayCreate: !Directory.EnumerateFiles(folder!, "*.token").Any(), out problem);
            }

            return _key;
        }
    }

    private static Stored? Parse(byte[] file)
    {
        try
        {
            return JsonSerializer.Deserialize<Stored>(file) is { First: not null, Token: not null } stored ? stored : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Mark(RefreshTokenKey key, Secret token) => key.Mark(token.Reveal());

    private string TokenPath(string name) => Path.Combine(folder!, name + ".token");

    private string AskingPath(string name) => Path.Combine(folder!, name + ".asking");

    private static RefreshTokenChain Broken(string name, string problem) => new(name, "", "", null, problem);

    /// <summary>The file.</summary>
    private sealed record Stored(string First, byte[] Token);
}
