// SPDX-License-Identifier: Apache-2.0
using Cagent.TestKit.Files;
using Envoy.Service.Accesslog.V3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cagent.Audit.Tests;

public sealed class AuditRegistrationTests
{
    [Fact]
    public void AddCagentAudit_Resolved_ServiceAndWriterAreThere()
    {
        using TemporaryFolder state = new();
        using ServiceProvider provider = new ServiceCollection().AddLogging().AddCagentAudit(options => options.StateFolder = state.Path).BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<AccessLogService.AccessLogServiceBase>());
        Assert.Single(provider.GetServices<IHostedService>(), service => service.GetType().Namespace == "Cagent.Audit.AccessLogs");
    }

    [Fact]
    public void AddCagentAudit_SettingsOutOfRange_NamesEachKey()
    {
        using ServiceProvider provider = new ServiceCollection().AddLogging().AddCagentAudit(options =>
        {
            options.MaxFileBytes = 1;
            options.MaxFiles = 0;
            options.QueueCapacity = 0;
        }).BuildServiceProvider();
        OptionsValidationException refusal = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<AuditOptions>>().Value);
        Assert.Equal(["Audit:StateFolder", "Audit:MaxFileBytes", "Audit:MaxFiles", "Audit:QueueCapacity"], refusal.Failures.Select(failure => failure.Split(' ')[0]));
    }
}
