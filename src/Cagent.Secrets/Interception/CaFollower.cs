// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cagent.Secrets.Interception;

/// <summary>
/// Keeps a running Cagent at the CA that its state folder holds, and does the steps of a rotation when their time comes. What agents trust
/// is written first, then the new CA signs, then every leaf is minted anew and pushed: no listener drains, no connection ends. A folder
/// that cannot be used leaves the CA in force as it is.
/// </summary>
public sealed class CaFollower : IHostedService, IDisposable
{
    // A look is a handful of stat calls.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly CaLife _life;
    private readonly InterceptionCaStore _store;
    private readonly CaBundle _bundle;
    private readonly LeafIssuer _issuer;
    private readonly LeafCache _leaves;
    private readonly TimeProvider _time;
    private readonly ILogger<CaFollower> _logger;
    private ITimer? _timer;
    private int _isLooking;

    // Read and written by the one look at a time.
    private string _signing;
    private string _seen = "";
    private string _problem = "";
    private bool _isTold;

    /// <summary>Follows from <see cref="StartAsync"/> on.</summary>
    /// <param name="stateFolder">The state folder.</param>
    /// <param name="signing">The CA that signs now.</param>
    /// <param name="life">Does the steps.</param>
    /// <param name="store">Reads the CA.</param>
    /// <param name="bundle">What agents trust.</param>
    /// <param name="issuer">Signs.</param>
    /// <param name="leaves">Holds what was signed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures go.</param>
    public CaFollower(
        string stateFolder, InterceptionCa signing, CaLife life, InterceptionCaStore store, CaBundle bundle, LeafIssuer issuer, LeafCache leaves, TimeProvider time, ILogger<CaFollower> logger)
    {
        ArgumentNullException.ThrowIfNull(signing);
        _folder = Path.Combine(Path.GetFullPath(stateFolder), "pki");
        _signing = Fingerprint(signing);
        _life = life;
        _store = store;
        _bundle = bundle;
        _issuer = issuer;
        _leaves = leaves;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = _time.CreateTimer(_ => Look(), null, TimeSpan.Zero, Interval);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 1)
        {
            return;
        }
        try
        {
            _life.Advance();
            string stamp = Stamp();
            if (stamp != _seen)
            {
                Take();
                _seen = stamp;
                (_problem, _isTold) = ("", false);
            }
        }
        catch (Exception e) when (e is InterceptionCaException or IOException or UnauthorizedAccessException or CryptographicException)
        {
            // In the midst of two renames, or broken for good: the second look in a row tells which, and the log hears of it once.
            if (_problem == e.Message && !_isTold)
            {
                _isTold = true;
                SecretsLog.CaNotTaken(_logger, e.Message);
            }
            else if (_problem != e.Message)
            {
                (_problem, _isTold) = (e.Message, false);
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private void Take()
    {
        if (!_life.Exists)
        {
            // At a start this is a first start; here somebody deleted the CA that every agent trusts.
            throw new InterceptionCaException($"the CA is gone from {_folder}; restore it from a backup, or start again for a new one");
        }
        InterceptionCa ca = _store.OpenOrCreate();
        // Before anything is signed with it: an agent that reads the bundle now trusts what it will see.
        _bundle.Write(ca);
        string signing = Fingerprint(ca);
        if (signing == _signing)
        {
            ca.Dispose();
            return;
        }
        _issuer.Use(ca);
        _signing = signing;
        SecretsLog.CaTaken(_logger, ca.Certificate.Subject, signing);
        _leaves.RenewAll();
    }

    private string Stamp() => string.Join('|', new DirectoryInfo(_folder).EnumerateFiles()
        .Where(file => !file.Name.EndsWith(".tmp", StringComparison.Ordinal))
        .OrderBy(file => file.Name, StringComparer.Ordinal)
        .Select(file => $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}"));

    private static string Fingerprint(InterceptionCa ca) => ca.Certificate.GetCertHashString(HashAlgorithmName.SHA256);
}
