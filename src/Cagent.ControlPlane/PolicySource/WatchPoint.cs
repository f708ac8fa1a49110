// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.PolicySource;

/// <summary>One directory entry whose replacement changes what a path leads to.</summary>
/// <param name="Directory">An existing directory, without links in its path.</param>
/// <param name="Entry">The name in it.</param>
internal readonly record struct WatchPoint(string Directory, string Entry);
