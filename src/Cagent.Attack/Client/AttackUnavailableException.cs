// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Attack.Client;

/// <summary>What an attack stands on does not work, such as the tunnel to the allowed host: nothing can be said.</summary>
internal sealed class AttackUnavailableException(string message) : Exception(message);
