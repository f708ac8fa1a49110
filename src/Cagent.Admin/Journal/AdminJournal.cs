// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Cagent.Admin.Journal;

/// <summary>
/// What operators did over the admin socket: a JSON object a line, appended and synced to disk, never rewritten. Where the disk refuses, the
/// line goes to the log instead. Thread safe.
/// </summary>
public sealed class AdminJournal(AdminOptions options, TimeProvider time, ILogger<AdminJournal> logger)
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _writing = new();

    /// <summary>Adds one act.</summary>
    /// <param name="action">What was asked for.</param>
    /// <param name="agent">Of which agent, as the operator wrote it.</param>
    /// <param name="reason">The operator's words.</param>
    /// <param name="outcome">What became of it.</param>
    public void Write(string action, string agent, string reason, string outcome)
    {
        string line = new JsonObject
        {
            ["time"] = time.GetUtcNow().ToString("O"),
            ["action"] = action,
            ["agent"] = agent,
            ["reason"] = reason,
            ["outcome"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome),
        }.ToJsonString(Json);
        try
        {
            Append(line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.JournalNotWritten(options.JournalFile, e.Message, line);
        }
    }

    private void Append(string line)
    {
        lock (_writing)
        {
            FileStreamOptions file = new()
            {
                Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using FileStream stream = new(options.JournalFile, file);
            stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
            stream.Flush(flushToDisk: true);
        }
    }
}
