// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Generation;
using FsCheck.Fluent;
using Xunit.Sdk;

namespace Cagent.Xds.Tests.Subscriptions.Model;

/// <summary>
/// Random sequences of subscriptions, publications, ACKs, NACKs, reconnects and crashes against a naive client: whatever
/// happens, once everything is acknowledged and time has passed, the client holds exactly the snapshot restricted to what
/// it subscribes to, and was never sent anything else.
/// </summary>
public sealed class ModelTests
{
    // CAGENT_PROPERTY_FACTOR=10 makes it 100,000 in all.
    private const int Sequences = 5000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RandomSequences_EndWithTheSnapshotRestrictedToTheSubscription(bool isDelta) => PropertyTest.Holds(
        from length in Gen.Choose(1, 40)
        from steps in Gen.ArrayOf(Gen.Choose(0, int.MaxValue - 1), length)
        select steps,
        steps => Run(isDelta, steps),
        count: Sequences);

    [Theory]
    [InlineData(false, new[] { 660702147, 17268167, 40182111, 755103773, 811136857 })]
    [InlineData(false, new[] { 422412673, 1043881775, 1851385344, 797844058, 236658605, 1607118499, 1100314553, 663737622 })]
    [InlineData(true, new[] { 414319558, 966693122, 1558693798, 829215236, 913476787, 1014269944, 835333240, 295692543 })]
    [InlineData(false, new[] { 1824944640, 902669960, 2229802, 553296669, 226505638, 1451397005 })]
    [InlineData(false, new[] { 737737255, 2133868476 })]
    [InlineData(false, new[] { 2017273282, 1508697832, 1657672691, 385967461, 1784376314, 475641304 })]
    [InlineData(false, new[] { 518688167, 1168683811, 2059737818, 589265794, 1928342067, 2090400824 })]
    [InlineData(true, new[] { 309993628, 1031745538, 1840489589, 482208367, 91694189, 975621739, 1523787036, 1240483602, 1163804868, 242827411, 1592299728, 1676324224, 1969439702, 199021848, 1724542037, 179849143, 2130469617, 2049833432, 830230719 })]
    [InlineData(true, new[] { 1566265508, 1412140683, 973268211, 2057307238, 1191264312, 897620811, 1828834136, 142205774 })]
    [InlineData(true, new[] { 666568718, 1897908140, 891915236, 189266125, 1353692354, 2026064506, 1830346353, 1085802747, 318909889, 1451939626, 287613715, 1642841361, 1269900246, 1495892272, 1430911512 })]
    public void SequencesThatOnceFailed_EndWithTheSnapshotRestrictedToTheSubscription(bool isDelta, int[] steps) => Run(isDelta, steps);

    private static void Run(bool isDelta, int[] steps)
    {
        if (Fails(isDelta, steps) is not null)
        {
            int[] least = Shrink(isDelta, steps);
            throw new XunitException($"{{ {(isDelta ? "true" : "false")}, [{string.Join(", ", least)}] }}\n{Fails(isDelta, least)}");
        }
    }

    private static string? Fails(bool isDelta, int[] steps)
    {
        NaiveClient client = isDelta ? new NaiveDeltaClient() : new NaiveSotwClient();
        try
        {
            foreach (int step in steps)
            {
                client.Do(step);
            }

            client.Finish();
            return null;
        }
        catch (Exception exception) when (exception is XunitException or InvalidOperationException or ArgumentException)
        {
            return exception.Message + "\n" + string.Join("\n", client.Trace);
        }
    }

    private static int[] Shrink(bool isDelta, int[] steps)
    {
        for (int i = 0; i < steps.Length; i++)
        {
            int[] fewer = [.. steps[..i], .. steps[(i + 1)..]];
            if (Fails(isDelta, fewer) is not null)
            {
                return Shrink(isDelta, fewer);
            }
        }

        return steps;
    }
}
