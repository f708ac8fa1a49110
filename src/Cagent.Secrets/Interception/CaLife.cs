// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Cagent.ControlPlane.Unix;

namespace Cagent.Secrets.Interception;

/// <summary>
/// The life of the CA in a state folder: made, imported, followed by another, retired. Every step is a change of files that a running
/// Cagent follows (<see cref="CaFollower"/>) and that the next start finds. One process at a time changes them; the others are refused.
/// </summary>
public sealed class CaLife
{
    private readonly string _state;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly InterceptionCaStore _store;

    /// <summary>Names the state folder; nothing is read or written yet.</summary>
    public CaLife(string stateFolder, TimeProvider time, InterceptionCaStore store)
    {
        ArgumentException.ThrowIfNullOrEmpty(stateFolder);
        _state = Path.GetFullPath(stateFolder);
        _folder = Path.Combine(_state, "pki");
        _time = time;
        _store = store;
    }

    /// <summary>Whether there is a CA, or what is left of one.</summary>
    public bool Exists => File.Exists(PathOf("ca.crt")) || File.Exists(PathOf("ca.key"));

    /// <summary>For a start: does what fell due while nothing ran, then reads the CA, or makes it on the first start.</summary>
    /// <exception cref="InterceptionCaException">As <see cref="InterceptionCaStore.OpenOrCreate"/>.</exception>
    public InterceptionCa Open()
    {
        Advance();
        return _store.OpenOrCreate();
    }

    /// <summary>Makes a CA.</summary>
    /// <exception cref="InterceptionCaException">There is one, or the folder is not safe.</exception>
    public void Create()
    {
        using FileStream held = Lock();
        RefuseExisting("it stays as it is; for another one use: cagent ca rotate");
        _store.OpenOrCreate().Dispose();
    }

    /// <summary>Puts the user's own CA into an empty state folder.</summary>
    /// <exception cref="InterceptionCaException">There is a CA, or the folder is not safe.</exception>
    public void Import(CaImport import)
    {
        ArgumentNullException.ThrowIfNull(import);
        using FileStream held = Lock();
        RefuseExisting("agents trust it; to have the imported one follow it, add --rotate");
        Write("ca", import);
    }

    /// <summary>
    /// Plans the next CA: trusted from now on, signing from <paramref name="delay"/> later. Called again while one is planned, it moves
    /// the date and makes no other CA.
    /// </summary>
    /// <param name="delay">How long agents have to read the new bundle; zero lets it sign at once.</param>
    /// <param name="overlap">How long the present CA stays trusted once the next one signs; more than zero.</param>
    /// <param name="import">The next CA; null makes one.</param>
    /// <exception cref="InterceptionCaException">There is no CA, the last rotation has not ended, or another import is planned.</exception>
    public void Rotate(TimeSpan delay, TimeSpan overlap, CaImport? import)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(overlap, TimeSpan.Zero);
        using FileStream held = Lock();
        RefuseMissing();
        if (File.Exists(PathOf("ca-previous.crt")))
        {
            throw new InterceptionCaException("the last rotation has not ended: agents still trust the CA before; end it with: cagent ca retire");
        }
        if (import is null)
        {
            _store.PrepareNext();
        }
        else if (File.Exists(PathOf("ca-next.crt")) || File.Exists(PathOf("ca-next.key")))
        {
            throw new InterceptionCaException("another CA is already to follow; end its rotation first, or drop it with: cagent ca retire --next");
        }
        else
        {
            Write("ca-next", import);
        }
        new CaSchedule(_time.GetUtcNow() + delay, null, overlap).Write(_folder);
    }

    /// <summary>Stops trusting the previous CA.</summary>
    /// <exception cref="InterceptionCaException">There is none.</exception>
    public void Retire()
    {
        using FileStream held = Lock();
        if (!File.Exists(PathOf("ca-previous.crt")))
        {
            throw new InterceptionCaException("there is no previous CA to retire");
        }
        RetirePrevious();
    }

    /// <summary>Drops the next CA before it signs.</summary>
    /// <exception cref="InterceptionCaException">There is none.</exception>
    public void DropNext()
    {
        using FileStream held = Lock();
        CaPromotion.Finish(_folder);
        if (!File.Exists(PathOf("ca-next.crt")) && !File.Exists(PathOf("ca-next.key")))
        {
            throw new InterceptionCaException("there is no next CA to drop");
        }
        CaSchedule.Delete(_folder);
        // The certificate first: a key without one is nothing that anybody trusts or that a reader finishes.
        File.Delete(PathOf("ca-next.crt"));
        File.Delete(PathOf("ca-next.key"));
    }

    /// <summary>Does what the plan says for now. True when something changed.</summary>
    /// <exception cref="InterceptionCaException">The next CA is not usable, or another process is changing the CA.</exception>
    public bool Advance()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (CaSchedule.Read(_folder) is not { } due || !(due.SignAt <= now || due.RetireAt <= now))
        {
            return false;
        }
        using FileStream? held = TryLock(out _);
        // Whoever is changing the CA now may be doing just this.
        if (held is null || (due = CaSchedule.Read(_folder)) is null)
        {
            return false;
        }
        if (due.SignAt <= now)
        {
            Promote(due, now);
            return true;
        }
        if (due.RetireAt <= now)
        {
            RetirePrevious();
            return true;
        }
        return false;
    }

    /// <summary>What there is; null when there is no CA. Reads no key.</summary>
    /// <exception cref="InterceptionCaException">A certificate cannot be read.</exception>
    public CaOverview? Describe()
    {
        if (!File.Exists(PathOf("ca.crt")))
        {
            return null;
        }
        ImmutableArray<CaDescription> authorities =
        [
            .. new[] { ("signing", "ca.crt"), ("next", "ca-next.crt"), ("previous", "ca-previous.crt") }
                .Where(one => File.Exists(PathOf(one.Item2)))
                .Select(one => Describe(one.Item1, PathOf(one.Item2))),
        ];
        return new CaOverview(authorities, CaSchedule.Read(_folder));
    }

    private void Promote(CaSchedule plan, DateTimeOffset now)
    {
        if (File.Exists(PathOf("ca-next.key")))
        {
            // It must be able to sign before it takes the place of one that can.
            _store.PrepareNext();
            CaPromotion.Run(_folder);
        }
        CaPromotion.Finish(_folder);
        new CaSchedule(null, now + plan.Overlap, plan.Overlap).Write(_folder);
    }

    private void RetirePrevious()
    {
        File.Delete(PathOf("ca-previous.crt"));
        CaSchedule.Delete(_folder);
    }

    private void Write(string name, CaImport import)
    {
        if (!CaFiles.TryWriteKey(PathOf($"{name}.key"), import.Key))
        {
            throw new InterceptionCaException($"{PathOf($"{name}.key")} is already there, and stays as it is");
        }
        CaFiles.WriteCertificate(PathOf($"{name}.crt"), import.Certificate, import.Chain);
    }

    private static CaDescription Describe(string role, string path)
    {
        using X509Certificate2 certificate = CaFiles.ReadCertificate(path);
        return CaDescription.Of(role, path, certificate, [.. CaFiles.ReadChain(path).Select(one => one.Subject)]);
    }

    private void RefuseExisting(string advice)
    {
        if (Exists)
        {
            throw new InterceptionCaException($"there is a CA in {_folder} already; {advice}");
        }
    }

    private void RefuseMissing()
    {
        if (!Exists)
        {
            throw new InterceptionCaException($"there is no CA in {_folder}; make one with: cagent ca init, or start: cagent up");
        }
    }

    private FileStream Lock() => TryLock(out Exception? problem) ?? throw (problem is UnauthorizedAccessException
        ? new InterceptionCaException($"{_folder} cannot be written; use the account that runs cagent up", problem)
        : new InterceptionCaException($"another cagent is changing the CA in {_folder} at this moment; try again", problem!));

    // Beside the folder, in which nothing but certificates, keys and the plan lies. It ends with the process, however that dies.
    private FileStream? TryLock(out Exception? problem)
    {
        problem = null;
        try
        {
            PrivateFolder.Create(_state);
            PrivateFolder.Create(_folder);
            CaFiles.CheckFolder(_folder);
            return new FileStream(Path.Combine(_state, "pki.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = e;
            return null;
        }
    }

    private string PathOf(string file) => Path.Combine(_folder, file);
}
