// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Cagent.Grpc.Wire;

namespace Cagent.Grpc.Tests.Fuzz;

public partial class TimeoutFuzzTests
{
    private static readonly string[] s_parts =
        ["0", "1", "9", "12", "007", "99999999", "H", "M", "S", "m", "u", "n", "h", "s", "x", "+", "-", " ", ".", ",", "e", "\0", "١", "９", "ü"];

    private static readonly Dictionary<char, BigInteger> s_nanoseconds = new()
    {
        ['n'] = 1,
        ['u'] = 1_000,
        ['m'] = 1_000_000,
        ['S'] = 1_000_000_000,
        ['M'] = 60_000_000_000,
        ['H'] = 3_600_000_000_000,
    };

    [Fact]
    public void TryParse_AnyText_ReadsWhatTheReferenceReads() => Fuzzing.Run(
        Fuzzing.TimeoutParse,
        random => random.OneIn(2)
            ? random.Text(4, s_parts)
            : random.Next(200_000_000).ToString(CultureInfo.InvariantCulture) + random.Pick(s_parts),
        Fuzzing.Smaller,
        text =>
        {
            bool isTaken = false;
            TimeSpan timeout = default;
            Fuzzing.Within(0, () => isTaken = GrpcTimeout.TryParse(text, out timeout));
            Match match = Grammar().Match(text);
            Assert.Equal(match.Success, isTaken);
            if (match.Success)
            {
                BigInteger nanoseconds = BigInteger.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * s_nanoseconds[match.Groups[2].Value[0]];
                Assert.Equal(nanoseconds / TimeSpan.NanosecondsPerTick, timeout.Ticks);
            }
        });

    [Fact]
    public void Format_AnyTime_IsReadAsNoLessAndHardlyMore() => Fuzzing.Run(
        Fuzzing.TimeoutFormat,
        random => new TimeSpan((long)random.Next() >> random.Next(64)),
        time => time.Ticks == 0 ? [] : [time / 2, time - TimeSpan.FromTicks(time.Ticks > 0 ? 1 : -1)],
        time =>
        {
            string text = "";
            Fuzzing.Within(512, () => text = GrpcTimeout.Format(time));

            Assert.Matches(Grammar(), text);
            Assert.True(GrpcTimeout.TryParse(text, out TimeSpan read));
            TimeSpan wanted = time < TimeSpan.Zero ? TimeSpan.Zero : time;
            TimeSpan most = TimeSpan.FromHours(99_999_999);
            Assert.True(read >= (wanted < most ? wanted : most), $"{time} became {text}");

            // Rounded up by less than its unit, which is the finest that fits into eight digits; that is a hundred-thousandth at most.
            Assert.True(read - wanted <= (wanted / 100_000) + TimeSpan.FromMicroseconds(1), $"{time} became {text}");
        });

    [GeneratedRegex("^([0-9]{1,8})([HMSmun])\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
