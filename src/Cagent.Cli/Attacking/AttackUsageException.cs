// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Cli.Attacking;

/// <summary>The arguments do not fit together, or a file that they name cannot be read. The message is for the user and holds no secret.</summary>
internal sealed class AttackUsageException(string message) : Exception(message);
