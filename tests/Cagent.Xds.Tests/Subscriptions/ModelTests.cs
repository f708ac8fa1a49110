// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;
using Cagent.Xds.Resources;
using Cagent.Xds.Subscriptions;
using FsCheck.Fluent;
using Xunit.Sdk;

namespace Cagent.Xds.Tests.Subscriptions;

/// <summary>
/// Random sequences against a naive client: whatever happens, once everything is acknowledged and time has passed, the
/// client holds exactly the snapshot restricted to what it subscribes to, and was never sent anything else.
/// </summary>
public sealed class ModelTests
{
    private static readonly string[] Types = ["cds", "lds", "rds", "sds"];
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Fact]
    public void RandomSequences_EndWithTheSnapshotRestrictedToTheSubscription() => PropertyTest.Holds(
        from length in Gen.Choose(1, 40)
        from steps in Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1), length)
        select steps,
        Run,
        count: 3000);

    private static void Run(int[] steps)
    {
        Client client = new();
        try
        {
            foreach (int step in steps)
            {
                client.Do(step);
            }

            client.Finish();
        }
        catch (XunitException exception)
        {
            throw new XunitException(exception.Message + "\n" + string.Join("\n", client.Trace));
        }
    }

    private sealed class Client
    {
        private readonly StreamProbe _probe = new();
        private readonly Dictionary<string, HashSet<string>> _names = Types.ToDictionary(type => type, _ => new HashSet<string>());
        private readonly Dictionary<string, bool> _wildcard = [];
        private readonly Dictionary<(string Type, string Name), string> _holds = [];
        private readonly Queue<ResponsePart> _unanswered = new();
        private readonly HashSet<string> _rejectedVersions = [];
        private HashSet<string> _published = [];
        private int _content;
        private int _seen;

        public List<string> Trace { get; } = [];

        public void Do(int step)
        {
            string type = Types[step / 16 % Types.Length];
            string name = Names[step / 64 % Names.Length];
            switch (step % 16)
            {
                case 0 or 1 or 2:
                    Publish(step / 256);
                    break;
                case 3 or 4:
                    Subscribe(type, name);
                    break;
                case 5:
                    Unsubscribe(type, name);
                    break;
                case 6:
                    Subscribe(type, "*");
                    break;
                case 7:
                    Unsubscribe(type, "*");
                    break;
                case 8 when !_wildcard.ContainsKey(type):
                    _wildcard[type] = true;
                    Send(type, new DeltaRequest { TypeUrl = "" });
                    break;
                case 9 or 10 or 11 or 12:
                    Answer(null);
                    break;
                case 13:
                    Answer("no");
                    break;
                case 14:
                    _probe.Pass(step / 16 % 10);
                    TakeSince();
                    break;
                default:
                    Send(type, new DeltaRequest { TypeUrl = "", Nonce = "stale-stale-stale", Subscribe = [name] }, () => Want(type, name));
                    break;
            }
        }

        public void Finish()
        {
            // New content everywhere, so that nothing is held back.
            _content++;
            Publish(0b1011_0110_1101);
            for (int i = 0; i < 10; i++)
            {
                while (_unanswered.Count > 0)
                {
                    Answer(null);
                }

                _probe.Pass(20);
                TakeSince();
            }

            foreach (string type in Types)
            {
                string[] wanted = [.. _published.Where(text => text.StartsWith(type, StringComparison.Ordinal)).Where(text => Wants(type, NameOf(text))).Order()];
                string[] held = [.. _holds.Where(pair => pair.Key.Type == type).Select(pair => $"{type}/{pair.Value}").Order()];
                Assert.Equal(wanted, held);
            }
        }

        private void Publish(int bits)
        {
            _published = [];
            for (int i = 0; i < Types.Length * Names.Length; i++)
            {
                if ((bits >> (i % 12) & 1) == 1)
                {
                    _published.Add($"{Types[i / Names.Length]}/{Names[i % Names.Length]}={_content + (bits >> (i % 5) & 3)}");
                }
            }

            _content += 4;
            Trace.Add($"publish {string.Join(' ', _published)}");
            _probe.Publish([.. _published]);
            TakeSince();
        }

        private void Subscribe(string type, string name) =>
            Send(type, new DeltaRequest { TypeUrl = "", Subscribe = [name] }, () => Want(type, name));

        private void Want(string type, string name)
        {
            _wildcard.TryAdd(type, false);
            if (name == "*")
            {
                _wildcard[type] = true;
            }
            else
            {
                _names[type].Add(name);
            }
        }

        private void Unsubscribe(string type, string name)
        {
            Send(type, new DeltaRequest { TypeUrl = "", Unsubscribe = [name] }, () =>
            {
                // A first request that subscribes to nothing is a legacy wildcard, whatever it unsubscribes from.
                bool isFirst = _wildcard.TryAdd(type, true);
                if (isFirst)
                {
                    return;
                }

                if (name == "*")
                {
                    _wildcard[type] = false;
                    Drop(type, held => !_names[type].Contains(held));
                }
                else if (_names[type].Remove(name))
                {
                    // Envoy forgets the resource, also under a wildcard: it counts on the answer.
                    Drop(type, held => held == name);
                }
            });
        }

        private void Drop(string type, Func<string, bool> isDropped)
        {
            foreach ((string Type, string Name) key in _holds.Keys.Where(key => key.Type == type && isDropped(key.Name)).ToArray())
            {
                _holds.Remove(key);
            }
        }

        private void Send(string type, DeltaRequest request, Action? before = null)
        {
            before?.Invoke();
            Trace.Add($"-> {type} +{string.Join(' ', request.Subscribe)} -{string.Join(' ', request.Unsubscribe)} {request.Nonce} {request.Error}");
            _probe.Send(type, request);
            TakeSince();
        }

        private void Answer(string? error)
        {
            if (!_unanswered.TryDequeue(out ResponsePart? part))
            {
                return;
            }

            string type = part.Type.ShortName;
            if (error is null)
            {
                foreach (XdsResource resource in part.Resources.Where(resource => Wants(type, resource.Name)))
                {
                    _holds[(type, resource.Name)] = resource.Body.ToStringUtf8();
                }

            }
            else if (part.Resources.Length == 1)
            {
                _rejectedVersions.UnionWith(part.Resources.Select(resource => type + resource.Name + resource.Version));
            }

            // Envoy applies the removals of a response that it rejects.
            foreach (string name in part.Removed)
            {
                _holds.Remove((type, name));
            }

            Send(type, new DeltaRequest { TypeUrl = "", Nonce = part.Nonce, Error = error });
        }

        private void TakeSince()
        {
            foreach (ResponsePart part in _probe.All.Skip(_seen))
            {
                Trace.Add($"<- {part.Type} {part.Nonce} {string.Join(' ', part.Resources.Select(r => r.Body.ToStringUtf8()))} -{string.Join(' ', part.Removed)}");
                Check(part);
                _unanswered.Enqueue(part);
            }

            _seen = _probe.All.Count;
        }

        private void Check(ResponsePart part)
        {
            string type = part.Type.ShortName;
            Assert.All(part.Resources, resource => Assert.True(Wants(type, resource.Name), $"{type}/{resource.Name} was not asked for"));
            Assert.All(part.Resources, resource => Assert.DoesNotContain(type + resource.Name + resource.Version, _rejectedVersions));
            Assert.Equal(part.Resources.Length, part.Resources.DistinctBy(resource => resource.Name).Count());
        }

        private bool Wants(string type, string name) =>
            _names[type].Contains(name) || _wildcard.GetValueOrDefault(type);

        private static string NameOf(string text) => text.Split('/', '=')[1];
    }
}
