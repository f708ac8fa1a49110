// SPDX-License-Identifier: Apache-2.0
namespace Cagent.ControlPlane.Unix;

/// <summary>One directory entry whose replacement changes what a path leads to.</summary>
/// <param name="Directory">An existing directory, without links in its path.</param>
/// <param name="Entry">The name in it.</param>
public readonly record struct WatchPoint(string Directory, string Entry);
