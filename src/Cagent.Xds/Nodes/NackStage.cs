// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Xds.Nodes;

/// <summary>How sure it is who is to blame for a rejected response.</summary>
public enum NackStage
{
    /// <summary>The suspects are held back: those that the text names, or all of the response when it names none.</summary>
    Held,

    /// <summary>The text names nobody: the suspects go out again in two halves. Nothing is held back yet, and more reports follow.</summary>
    Halved,

    /// <summary>Halving found the suspects: each of them was rejected alone or by name, and is held back.</summary>
    Found,
}
