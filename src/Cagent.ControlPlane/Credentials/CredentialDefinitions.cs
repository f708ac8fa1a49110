// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Cagent.Policy.Model;

namespace Cagent.ControlPlane.Credentials;

/// <summary>The sources of a policy as definitions. Pure but for relative paths, which are resolved here.</summary>
internal static class CredentialDefinitions
{
    public static CredentialDefinition Of(CredentialSource source) => source switch
    {
        EnvCredentialSource env => new EnvCredentialDefinition(env.Name, env.Variable),
        FileCredentialSource file => new FileCredentialDefinition(file.Name, Path.GetFullPath(file.Path)),
        _ => throw new UnreachableException(), // refused by PolicyFeatures.Production
    };
}
