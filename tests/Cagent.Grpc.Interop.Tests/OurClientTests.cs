// SPDX-License-Identifier: Apache-2.0
using Cagent.Grpc.Interop.Tests.Cases;
using Cagent.Grpc.Interop.Tests.Hosting;
using Cagent.Grpc.Interop.Tests.OurClient;
using Cagent.TestKit.Http2;
using Cagent.TestKit.Waiting;

namespace Cagent.Grpc.Interop.Tests;

public class OurClientTests(InteropHost host) : IClassFixture<InteropHost>
{
    [Theory]
    [AllCases]
    [Cannot(InteropCase.UnknownEncoding, "Our client sends gzip and identity only.")]
    public async Task Case_OfOursAgainstOurServer_Passes(string name)
    {
        int cancelled = host.Cancelled;
        await using Http2Tap tap = Http2Tap.Start(host.EndPoint);
        await new OurClientCases(tap.EndPoint, checksCompression: true).RunAsync(name);
        WireCheck.Verify(name, tap, hasProbe: true);
        if (InteropCase.SeenByTheHandler.Contains(name))
        {
            await Eventually.TrueAsync(() => host.Cancelled > cancelled, "the handler sees the end of its call");
        }

        await Eventually.TrueAsync(() => host.Running == 0, "no handler is left");
    }
}
