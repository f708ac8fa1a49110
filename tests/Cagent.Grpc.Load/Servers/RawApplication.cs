// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Cagent.Grpc.Load.Servers;

/// <summary>Answers <see cref="LoadPaths"/> with frames that it does not look at: no limits, no deadlines, no metadata, no status.</summary>
internal sealed class RawApplication : IHttpApplication<IFeatureCollection>
{
    private const int HeaderSize = 5;
    private static readonly byte[] s_emptyFrame = new byte[HeaderSize];

    private readonly Lock _lock = new();
    private ImmutableHashSet<PipeWriter> _subscribers = [];
    private volatile byte[] _answer = s_emptyFrame;

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public Task ProcessRequestAsync(IFeatureCollection context)
    {
        PipeReader reader = context.GetRequiredFeature<IRequestBodyPipeFeature>().Reader;
        PipeWriter writer = context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
        return context.GetRequiredFeature<IHttpRequestFeature>().Path switch
        {
            LoadPaths.Unary => EchoWholeAsync(reader, writer),
            LoadPaths.Bidi => EchoPiecesAsync(reader, writer),
            LoadPaths.ServerStream => StreamAsync(reader, writer),
            LoadPaths.Subscribe => SubscribeAsync(writer, context.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted),
            LoadPaths.Push => PushAsync(reader, writer),
            LoadPaths.Check => CheckAsync(reader, writer),
            LoadPaths.Answer => KeepAnswerAsync(reader, writer),
            _ => StatsAsync(writer),
        };
    }

    private static async Task EchoWholeAsync(PipeReader reader, PipeWriter writer)
    {
        ReadResult result = await ReadAllAsync(reader);
        foreach (ReadOnlyMemory<byte> part in result.Buffer)
        {
            writer.Write(part.Span);
        }

        reader.AdvanceTo(result.Buffer.End);
    }

    private static async Task EchoPiecesAsync(PipeReader reader, PipeWriter writer)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            foreach (ReadOnlyMemory<byte> part in result.Buffer)
            {
                writer.Write(part.Span);
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return;
            }

            await writer.FlushAsync();
        }
    }

    private static async Task StreamAsync(PipeReader reader, PipeWriter writer)
    {
        (int count, int size) = Numbers((await ReadAllAsync(reader)).Buffer);
        byte[] frame = Frame(size);
        for (; count > 0; count--)
        {
            await writer.WriteAsync(frame);
        }
    }

    private async Task SubscribeAsync(PipeWriter writer, CancellationToken aborted)
    {
        await writer.WriteAsync(s_emptyFrame, CancellationToken.None);
        lock (_lock)
        {
            _subscribers = _subscribers.Add(writer);
        }

        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = aborted.Register(() => end.TrySetResult());
        await end.Task;
        lock (_lock)
        {
            _subscribers = _subscribers.Remove(writer);
        }
    }

    private async Task PushAsync(PipeReader reader, PipeWriter writer)
    {
        (int size, _) = Numbers((await ReadAllAsync(reader)).Buffer);
        byte[] frame = Frame(size);
        foreach (PipeWriter subscriber in _subscribers)
        {
            _ = subscriber.WriteAsync(frame, CancellationToken.None).AsTask();
        }

        writer.Write(s_emptyFrame);
    }

    /// <summary>Reads the question whole and does not look at it.</summary>
    private async Task CheckAsync(PipeReader reader, PipeWriter writer)
    {
        reader.AdvanceTo((await ReadAllAsync(reader)).Buffer.End);
        writer.Write(_answer);
    }

    private async Task KeepAnswerAsync(PipeReader reader, PipeWriter writer)
    {
        _answer = (await ReadAllAsync(reader)).Buffer.ToArray();
        writer.Write(s_emptyFrame);
    }

    private static Task StatsAsync(PipeWriter writer)
    {
        byte[] frame = Frame(LoadStats.Size);
        LoadStats.Read().CopyTo(frame, HeaderSize);
        writer.Write(frame);
        return Task.CompletedTask;
    }

    private static async Task<ReadResult> ReadAllAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            if (result.IsCompleted)
            {
                return result;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static (int First, int Second) Numbers(ReadOnlySequence<byte> frame)
    {
        Span<byte> bytes = stackalloc byte[HeaderSize + 8];
        frame.Slice(0, Math.Min(frame.Length, bytes.Length)).CopyTo(bytes);
        return (BinaryPrimitives.ReadInt32BigEndian(bytes[HeaderSize..]), BinaryPrimitives.ReadInt32BigEndian(bytes[(HeaderSize + 4)..]));
    }

    private static byte[] Frame(int size)
    {
        byte[] frame = new byte[HeaderSize + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        return frame;
    }
}
