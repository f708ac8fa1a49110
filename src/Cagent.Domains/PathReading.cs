// SPDX-License-Identifier: Apache-2.0
namespace Cagent.Domains;

/// <summary>In which ways a server might read a canonical path more freely than it stands.</summary>
[Flags]
internal enum PathReading
{
    /// <summary>As it stands.</summary>
    Strict = 0,

    /// <summary>Every escape stands for its character.</summary>
    Decoded = 1,

    /// <summary>An escaped slash separates segments.</summary>
    SlashDecoded = 2,

    /// <summary>What follows <c>;</c> in a segment is a parameter and not part of its name.</summary>
    WithoutParameters = 4,

    /// <summary>A slash at the end adds nothing.</summary>
    WithoutTrailingSlash = 8,

    /// <summary>Segments that are empty once decoded and cut are none, but for a last one: slashes in a row are one.</summary>
    WithoutEmptySegments = 16,
}
