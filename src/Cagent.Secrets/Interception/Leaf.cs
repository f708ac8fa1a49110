// SPDX-License-Identifier: Apache-2.0
using Cagent.ControlPlane.Credentials;
using Cagent.Domains;

namespace Cagent.Secrets.Interception;

/// <summary>The certificate that an agent sees for one intercepted name. Immutable.</summary>
/// <param name="Name">The one name it is for.</param>
/// <param name="ChainPem">The leaf and the CA that signed it.</param>
/// <param name="KeyPem">The private key, PKCS#8. Only Envoy gets it.</param>
/// <param name="Serial">The serial number in lower-case hexadecimal: unique, so it can be the resource's version.</param>
/// <param name="NotBefore">Begin of validity.</param>
/// <param name="NotAfter">End of validity.</param>
public sealed record Leaf(HostName Name, string ChainPem, Secret KeyPem, string Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter);
