// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Envoys;

namespace Cagent.ControlPlane.Tests.Envoys;

public sealed class ConnectionBudgetTests
{
    private const string Head = "Limit                     Soft Limit           Hard Limit           Units     \n";

    [Theory]
    [InlineData("Max open files            20000                20000                files     ", 9744)]
    [InlineData("Max open files            1024                 524288               files     ", 256)]
    [InlineData("Max open files            1048576              1048576              files     ", 50_000)]
    [InlineData("Max open files            unlimited            unlimited            files     ", 50_000)]
    [InlineData("Max open files            256                  256                  files     ", 64)]
    [InlineData("Max open files            many                 many                 files     ", 64)]
    [InlineData("Max open files", 64)]
    [InlineData("", 64)]
    public void Of_Limits_IsHalfOfTheFilesWithinItsBounds(string line, int connections) =>
        Assert.Equal(connections, ConnectionBudget.Of((Head + "Max processes             1                    1                    processes \n" + line).Split('\n')));

    [Fact]
    public void Read_ThisProcess_FindsItsLimit() => Assert.InRange(ConnectionBudget.Read(), 64, 50_000);

    [Fact]
    public void Read_NoSuchFile_IsTheLeast() => Assert.Equal(64, ConnectionBudget.Read("/nonexistent/limits"));
}
