// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack;

/// <summary>One row of the catalogue. Immutable.</summary>
/// <param name="Id">Such as <c>A1</c>; stable.</param>
/// <param name="Title">What the attacker does.</param>
/// <param name="RunAsync">Does it, and notes in the trial what came back. It may throw what the network throws.</param>
internal sealed record AttackRow(string Id, string Title, Func<AttackTrial, CancellationToken, Task> RunAsync)
{
    /// <summary>Whether it is among the few that a watch repeats: at most one of each group, and cheap.</summary>
    public bool IsCore { get; init; }

    public string Group => Id[..1];

    /// <summary>A row that cannot be run from where an agent is.</summary>
    public static AttackRow Elsewhere(string id, string title, string reason) => new(id, title, (trial, _) =>
    {
        trial.Skip(reason);
        return Task.CompletedTask;
    });
}
