// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using Cagent.Policy.Model;
using Microsoft.Data.Sqlite;

namespace Cagent.Budgets;

/// <summary>
/// One SQLite file with a write-ahead log. A write is on the disk when it returns, whatever happens to the process or the machine afterwards.
/// </summary>
internal sealed class SqliteBudgetStore(string path) : IBudgetStore, IDisposable
{
    private const long Version = 1;
    private const int Timeout = 2; // seconds for another program that has it locked
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS account (agent TEXT NOT NULL PRIMARY KEY, period TEXT NOT NULL, start INTEGER NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS stream (id TEXT NOT NULL PRIMARY KEY, agent TEXT NOT NULL, counted INTEGER NOT NULL, reserved INTEGER NOT NULL) STRICT;
        PRAGMA user_version = 1;
        """;

    private SqliteConnection? _connection;

    /// <inheritdoc/>
    public BudgetContent Open()
    {
        Dispose();
        try
        {
            Connect();
            return new BudgetContent(ReadAccounts(), ReadStreams());
        }
        catch (Exception exception) when (IsOfStore(exception))
        {
            Dispose();
            throw new BudgetStoreException($"{path} cannot be read: {exception.Message}; restore it, or move it away with its -wal and -shm, and all agents begin anew", exception);
        }
    }

    /// <inheritdoc/>
    public void Write(ImmutableArray<AccountRow> accounts, ImmutableArray<StreamRow>? streams)
    {
        if (_connection is not { } connection)
        {
            throw new BudgetStoreException($"{path} is not open");
        }

        try
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            WriteAccounts(connection, accounts);
            if (streams is { } all)
            {
                WriteStreams(connection, all);
            }

            transaction.Commit();
        }
        catch (Exception exception) when (IsOfStore(exception))
        {
            throw new BudgetStoreException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static bool IsOfStore(Exception exception) =>
        exception is SqliteException or IOException or UnauthorizedAccessException or InvalidOperationException or FormatException or InvalidCastException or OverflowException or ArgumentException;

    private void Connect()
    {
        // Before SQLite makes it, with the mode that its other files take over.
        using (new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = Mode }))
        {
        }

        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = Timeout }.ToString());
        _connection.Open();
        if (Scalar("PRAGMA quick_check") as string != "ok")
        {
            throw new InvalidOperationException("the file is damaged");
        }

        if (Scalar("PRAGMA user_version") is long version and not (0 or Version))
        {
            throw new InvalidOperationException($"it is of version {version.ToString(CultureInfo.InvariantCulture)}, which a later cagent wrote");
        }

        Scalar("PRAGMA journal_mode = WAL");
        Scalar("PRAGMA synchronous = FULL");
        Scalar(Schema);
    }

    private object? Scalar(string text)
    {
        using SqliteCommand command = _connection!.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private ImmutableArray<AccountRow> ReadAccounts()
    {
        using SqliteCommand command = _connection!.CreateCommand();
        command.CommandText = "SELECT agent, period, start, requests, bytes FROM account";
        using SqliteDataReader reader = command.ExecuteReader();
        ImmutableArray<AccountRow>.Builder rows = ImmutableArray.CreateBuilder<AccountRow>();
        while (reader.Read())
        {
            rows.Add(new AccountRow(reader.GetString(0), Enum.Parse<BudgetPeriod>(reader.GetString(1)), DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(2)),
                NotNegative(reader.GetInt64(3)), NotNegative(reader.GetInt64(4))));
        }

        return rows.ToImmutable();
    }

    private ImmutableArray<StreamRow> ReadStreams()
    {
        using SqliteCommand command = _connection!.CreateCommand();
        command.CommandText = "SELECT id, agent, counted, reserved FROM stream";
        using SqliteDataReader reader = command.ExecuteReader();
        ImmutableArray<StreamRow>.Builder rows = ImmutableArray.CreateBuilder<StreamRow>();
        while (reader.Read())
        {
            rows.Add(new StreamRow(reader.GetString(0), reader.GetString(1), NotNegative(reader.GetInt64(2)), NotNegative(reader.GetInt64(3))));
        }

        return rows.ToImmutable();
    }

    /// <summary>Less than nothing would be a budget that somebody was given.</summary>
    private static long NotNegative(long value) => value >= 0 ? value : throw new FormatException("it holds a negative count");

    private static void WriteAccounts(SqliteConnection connection, ImmutableArray<AccountRow> rows)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO account VALUES ($agent, $period, $start, $requests, $bytes)";
        foreach (AccountRow row in rows)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$agent", row.Agent);
            command.Parameters.AddWithValue("$period", row.Period.ToString());
            command.Parameters.AddWithValue("$start", row.Start.ToUnixTimeSeconds());
            command.Parameters.AddWithValue("$requests", row.Requests);
            command.Parameters.AddWithValue("$bytes", row.Bytes);
            command.ExecuteNonQuery();
        }
    }

    private static void WriteStreams(SqliteConnection connection, ImmutableArray<StreamRow> rows)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "DELETE FROM stream";
        command.ExecuteNonQuery();
        command.CommandText = "INSERT OR REPLACE INTO stream VALUES ($id, $agent, $counted, $reserved)";
        foreach (StreamRow row in rows)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("$id", row.RequestId);
            command.Parameters.AddWithValue("$agent", row.Agent);
            command.Parameters.AddWithValue("$counted", row.Counted);
            command.Parameters.AddWithValue("$reserved", row.Reserved);
            command.ExecuteNonQuery();
        }
    }
}
