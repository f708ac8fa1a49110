// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Budgets;

/// <summary>Ends what an agent has open. Thread safe, and never waits.</summary>
internal interface IStreamStopper
{
    /// <summary>Begins to end it, unless that is under way.</summary>
    void Stop(string agent);
}
