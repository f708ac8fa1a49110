// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Cagent.Xds.ConformanceHost;

if (HostSettings.Parse(args) is not { } settings)
{
    Console.Error.WriteLine("usage: --xds-port P --control-port Q [--rest-port R] [--ack-timeout-ms 5000] [--removal-grace-ms 1000]; port 0 takes a free one");
    return 2;
}

TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
await using HostProcess host = await HostProcess.StartAsync(settings);
Console.WriteLine($"ready xds={host.XdsPort} control={host.ControlPort}{(host.RestPort is { } port ? $" rest={port}" : "")}");
await stopped.Task;
return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stopped.TrySetResult();
}
