// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;

namespace Cagent.Compiler;

/// <summary>One xDS resource: its name and message.</summary>
/// <param name="Name">The name inside the message; the wrapper on the wire must carry the same one (envoy-dynamics rule S6).</param>
/// <param name="Message">The message; not changed after compilation.</param>
public sealed record EnvoyResource(string Name, IMessage Message)
{
    /// <summary>The type URL under which Envoy asks for it.</summary>
    public string TypeUrl => "type.googleapis.com/" + Message.Descriptor.FullName;
}
