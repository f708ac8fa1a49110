// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Server.Up;

/// <summary><c>up</c> cannot start, for a reason that the user can mend. The message says what and how.</summary>
internal sealed class UpException(string message) : Exception(message);
