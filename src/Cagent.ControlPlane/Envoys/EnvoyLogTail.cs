// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Cagent.ControlPlane.Unix;
using Microsoft.Extensions.Logging;

namespace Cagent.ControlPlane.Envoys;

/// <summary>
/// Carries the new lines of <c>envoy.log</c> into our log: at most <see cref="MaxBytesPerRead"/> a reading, the rest is skipped and counted;
/// remembers the last lines for the report of a crash; rotates the file once when it is too large. One reading at a time; adding a line is thread safe.
/// </summary>
internal sealed class EnvoyLogTail
{
    private const int MaxBytesPerRead = 256 * 1024;
    private const int RememberedLines = 12;

    private readonly string _path;
    private readonly long _maxBytes;
    private readonly ILogger _logger;
    private readonly Queue<string> _last = new(); // guarded by itself
    private long _position;
    private string _partial = "";
    private long _start;             // where this run's part of the file begins
    private volatile bool _isOpen;   // Envoy has opened its log
    private volatile bool _isHidden; // and what it wrote elsewhere has been mentioned

    public EnvoyLogTail(string path, long maxBytes, ILogger logger)
    {
        _path = path;
        _maxBytes = maxBytes;
        _logger = logger;
    }

    /// <summary>The last lines of this run that are not mere information, or failing such the last lines.</summary>
    public string LastLines()
    {
        lock (_last)
        {
            return _last.Count == 0 ? "(it logged nothing)" : string.Join(" | ", _last);
        }
    }

    /// <summary>Forgets the lines of the run before and starts at the end of the file.</summary>
    public void BeginRun()
    {
        lock (_last)
        {
            _last.Clear();
        }
        _position = Length();
        _start = _position;
        _partial = "";
        _isOpen = false;
        _isHidden = false;
    }

    /// <summary>
    /// Takes over one line of standard output or error, from before Envoy has opened its log. What comes later is the report
    /// of a crash, and that repeats the headers of the request at hand, an injected credential among them: dropped, and said so once.
    /// </summary>
    public void AddOutput(string line)
    {
        _isOpen = _isOpen || Length() != _start;
        if (!_isOpen)
        {
            Add(line);
        }
        else if (!_isHidden)
        {
            _isHidden = true;
            ControlPlaneLog.EnvoyOutputHidden(_logger);
        }
    }

    /// <summary>Takes over one line of output.</summary>
    public void Add(string line)
    {
        EnvoyLogLine parsed = EnvoyLogLine.Parse(line);
        ControlPlaneLog.EnvoyLine(_logger, parsed.Level, parsed.Component, parsed.Text);
        if (parsed.Level >= LogLevel.Warning)
        {
            lock (_last)
            {
                _last.Enqueue(parsed.Text);
                while (_last.Count > RememberedLines)
                {
                    _last.Dequeue();
                }
            }
        }
    }

    /// <summary>Reads what was written since. A missing file is an empty one.</summary>
    public void Read()
    {
        try
        {
            ReadNewLines();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ControlPlaneLog.EnvoyLogUnreadable(_logger, _path, e.Message);
        }
    }

    /// <summary>When the file has grown too large: keeps it as <c>.1</c> and makes this Envoy open a new one (SIGUSR1).</summary>
    public void RotateIfLarge(ProcessIdentity envoy)
    {
        try
        {
            if (File.Exists(_path) && new FileInfo(_path).Length > _maxBytes)
            {
                File.Move(_path, _path + ".1", overwrite: true);
                envoy.Signal(UnixApi.SignalUser1);
                _position = 0;
                _partial = "";
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A log must not end the supervision of Envoy.
            ControlPlaneLog.EnvoyLogUnreadable(_logger, _path, e.Message);
        }
    }

    private long Length() => new FileInfo(_path) is { Exists: true } file ? file.Length : 0;

    private void ReadNewLines()
    {
        if (!File.Exists(_path))
        {
            return;
        }
        using FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long available = file.Length - _position;
        _isOpen = _isOpen || available != 0; // stays so when the file is rotated
        if (available < 0)
        {
            _position = 0; // truncated by someone
            available = file.Length;
        }
        if (available > MaxBytesPerRead)
        {
            ControlPlaneLog.EnvoyLogSkipped(_logger, available - MaxBytesPerRead);
            _position = file.Length - MaxBytesPerRead;
            _partial = "";
        }
        file.Position = _position;
        byte[] buffer = new byte[Math.Min(available, MaxBytesPerRead)];
        int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        _position += length;
        string[] lines = (_partial + Encoding.UTF8.GetString(buffer, 0, length)).Split('\n');
        _partial = lines[^1].Length <= EnvoyLogLine.MaxText ? lines[^1] : "";
        foreach (string line in lines.AsSpan(0, lines.Length - 1))
        {
            if (line.Length > 0)
            {
                Add(line);
            }
        }
    }
}
