// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Cagent.Grpc.Load.Cases;
using Cagent.Grpc.Load.Http2;
using Cagent.Grpc.Load.Runs;
using Cagent.LoadClient;
using Envoy.Service.Auth.V3;

namespace Cagent.Grpc.Load.Checks;

/// <summary>
/// Measures every number of entries, at every concurrency, against every peer. A peer is named <c>NAME-ENTRIES</c>, and the one called
/// <see cref="Reference"/> decides: what it answers is given to the others, so that all answers are of one size.
/// </summary>
internal static class CheckRun
{
    public const string Reference = "cagent";

    private static readonly (int Connections, int Streams)[] s_shapes = [(1, 1), (4, 4), (8, 8), (16, 16)];

    public static async Task RunAsync(IReadOnlyList<Peer> peers, CommandLineArguments arguments, TextWriter raw)
    {
        TimeSpan warmUp = TimeSpan.FromMilliseconds(arguments.Number("--warm-up", 400));
        TimeSpan duration = TimeSpan.FromMilliseconds(arguments.Number("--duration", 1100));
        int[] only = [.. arguments.All("--concurrency").Select(int.Parse)];
        List<(LoadCase Case, Peer Peer)> order = [];
        foreach (IGrouping<int, Peer> set in peers.GroupBy(EntriesOf))
        {
            CheckQuestion[] questions = [.. Enumerable.Range(0, set.Key).Select(entry => new CheckQuestion(entry))];
            int length = await PrepareAsync(set, questions);
            order.AddRange(
                from shape in s_shapes
                where only.Length == 0 || only.Contains(shape.Connections * shape.Streams)
                from peer in set
                select ((LoadCase)new CheckCase(set.Key, shape.Connections, shape.Streams, questions, length, warmUp, duration), peer));
        }

        (LoadCase Case, Peer Peer)[] shuffled = [.. order];
        Random.Shared.Shuffle(shuffled);
        foreach ((LoadCase one, Peer peer) in shuffled)
        {
            Measurement measurement = new(arguments.Number("--round", 1), one.Name, NameOf(peer), await one.RunAsync(peer));
            await raw.WriteLineAsync(JsonSerializer.Serialize(measurement));
        }
    }

    /// <summary>Asks the reference about every entry, all of which it must allow. The length of an answer with its prefix.</summary>
    private static async Task<int> PrepareAsync(IEnumerable<Peer> peers, CheckQuestion[] questions)
    {
        using ControlClient reference = new(peers.First(peer => NameOf(peer) == Reference).Address);
        byte[] answer = [];
        foreach (CheckQuestion question in questions.Where((_, entry) => entry % Math.Max(1, questions.Length / 100) == 0))
        {
            answer = await reference.CheckAsync(question.Message, [.. CheckQuestion.Constant, .. question.Changing]);
            CheckResponse response = CheckResponse.Parser.ParseFrom(answer);
            if (response.Status?.Code != 0 || response.OkResponse is null)
            {
                throw new InvalidOperationException($"Not allowed: {response}");
            }
        }

        foreach (Peer peer in peers.Where(peer => NameOf(peer) != Reference))
        {
            using ControlClient control = new(peer.Address);
            await control.AnswerAsync(answer);
        }

        return GrpcFrame.HeaderSize + answer.Length;
    }

    private static int EntriesOf(Peer peer) => int.Parse(peer.Name[(peer.Name.LastIndexOf('-') + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static string NameOf(Peer peer) => peer.Name[..peer.Name.LastIndexOf('-')];
}
