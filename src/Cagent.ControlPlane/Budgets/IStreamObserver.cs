// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Budgets;

/// <summary>Is told of every request and tunnel that the proxy reports. Thread safe, and never waits.</summary>
public interface IStreamObserver
{
    /// <summary>Takes a report; those of one request come in order.</summary>
    void Observe(in StreamReport report);
}
