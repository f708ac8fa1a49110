// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Compiler.Lowering;

/// <summary>How the bytes of an entry travel.</summary>
public enum EntryKind
{
    /// <summary>HTTPS, decrypted inside Envoy: every request is judged.</summary>
    Inspected,

    /// <summary>TLS passed through: name and port are judged, the bytes are not seen.</summary>
    Pinned,

    /// <summary>Plain HTTP in absolute form.</summary>
    Plain,
}
